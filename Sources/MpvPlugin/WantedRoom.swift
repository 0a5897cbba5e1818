// Which room does the user want? Said in the window where there is none to be had.

import Foundation
import MpvPlayer
import PartyModel
import PartyRuntime

/// A room the user has asked for, and how to be in it.
struct WantedRoom {
    let configuration: PartyConfiguration

    /// The room of a request; `nil` where it wants none, or none that there is.
    init?(_ request: LenderRequest, in lender: MpvLender) {
        do throws(PartyError) {
            switch request {
            case .join(let text), .open(let text):
                let token = try Token(reading: text)
                configuration = try Self.configuration(
                    .joining(token, keepingFilmsIn: lender.option("out")), in: lender)
                lender.say("Joining …")
            case .host:
                guard let film = lender.film else {
                    lender.say("Open the film that you want to share first.")
                    return nil
                }
                guard !film.isOfRoom else {
                    lender.say("You are in a room; leave it before you open one of your own.")
                    return nil
                }
                configuration = try Self.configuration(
                    .hosting(files: [film.path], membersAllowed: Limits.members), in: lender,
                    startingAt: film.position)
            case .leave: return nil
            }
        } catch {
            lender.say(error.description)
            return nil
        }
    }

    private static func configuration(
        _ role: PartyConfiguration.Role, in lender: MpvLender,
        startingAt position: MediaPosition = .start
    ) throws(PartyError) -> PartyConfiguration {
        PartyConfiguration(
            role: role, name: lender.option("name") ?? NSUserName(),
            bindAddresses: lender.option("bind").map { [$0] } ?? [],
            mpvArguments: try MpvArguments(["--start=\(position.seconds)"]), lender: lender)
    }
}
