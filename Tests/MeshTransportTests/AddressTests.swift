import PartyModel
import Testing

@testable import MeshTransport

@Suite struct AddressTests {
    @Test(
        "Numeric addresses are read as they are written",
        arguments: [
            ("192.168.1.5", "192.168.1.5"),
            ("::", "0:0:0:0:0:0:0:0"),
            ("::1", "0:0:0:0:0:0:0:1"),
            ("fe80::", "fe80:0:0:0:0:0:0:0"),
            ("2001:db8::8:1", "2001:db8:0:0:0:0:8:1"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:a00:1", "10.0.0.1"),
            ("64:ff9b::192.0.2.1", "64:ff9b:0:0:0:0:c000:201"),
        ])
    func numeric(text: String, host: String) throws {
        let address = try #require(PeerAddress(numeric: text, port: 9876))
        #expect(address.host == host)
        #expect(address.port == 9876)
        #expect(PeerAddress(address.socketAddress) == address)
    }

    @Test(
        "Everything else is no numeric address",
        arguments: [
            "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "+1.2.3.4", "1:2", "1::2::3", ":::", "12345::",
            "1:2:3:4:5:6:7:8:9", "::1%eth0", "localhost", "1:2:3:4:5:6:7:8::",
        ])
    func notNumeric(text: String) {
        #expect(PeerAddress(numeric: text, port: 1) == nil)
    }

    @Test(
        "Nobody makes us dial an address that is not one machine's",
        arguments: [
            "0.0.0.0", "0.1.2.3", "224.0.0.251", "239.1.1.1", "255.255.255.255", "240.0.0.1", "::",
            "ff02::fb", "fe80::1", "::ffff:224.0.0.1", "::ffff:0.0.0.0",
        ])
    func neverDialled(text: String) throws {
        let address = try #require(PeerAddress(numeric: text, port: 9876))
        #expect(!address.mayBeDialled(from: .token))
        #expect(!address.mayBeDialled(from: .roster(sharesMachine: true)))
    }

    @Test("Loopback is dialled for a token, and for a roster only when it shares this machine")
    func loopback() throws {
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let address = try #require(PeerAddress(numeric: text, port: 9876))
            #expect(address.isLoopback)
            #expect(address.mayBeDialled(from: .token))
            #expect(address.mayBeDialled(from: .roster(sharesMachine: true)))
            #expect(!address.mayBeDialled(from: .roster(sharesMachine: false)))
        }
    }

    @Test("IPv4 hidden inside IPv6 follows the rules of IPv4")
    func mapped() throws {
        let hidden = try #require(
            Bytes16([UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1]))
        let address = PeerAddress.ipv6(hidden, port: 9876)
        #expect(address.isLoopback)
        #expect(!address.mayBeDialled(from: .roster(sharesMachine: false)))
        #expect(address.unmapped == .loopback(port: 9876))
    }

    @Test("A name is dialled for a token only, and port 0 never")
    func namesAndPorts() {
        let name = PeerAddress.name("films.example", port: 9876)
        #expect(name.mayBeDialled(from: .token))
        #expect(!name.mayBeDialled(from: .roster(sharesMachine: true)))
        #expect(!PeerAddress.ipv4(0xC0A8_0105, port: 0).mayBeDialled(from: .token))
    }

    @Test("Local addresses come private IPv4 first, one of a kind per interface, bridges left out")
    func localAddresses() throws {
        func found(_ text: String, _ interface: String) throws -> (PeerAddress, interface: String) {
            (try #require(PeerAddress(numeric: text, port: 0)), interface)
        }
        let addresses = LocalAddresses.order(
            [
                try found("127.0.0.1", "lo"), try found("::1", "lo"),
                try found("fe80::1", "eth0"), try found("2001:db8::1", "eth0"),
                try found("2001:db8::2", "eth0"), try found("fd00::1", "eth0"),
                try found("203.0.113.4", "eth1"), try found("192.168.1.5", "eth0"),
                try found("10.0.0.7", "wlan0"), try found("172.17.0.1", "docker0"),
                try found("169.254.3.4", "eth2"), try found("192.168.122.1", "virbr0"),
            ], port: 4000)
        #expect(
            addresses.map(\.description) == [
                "192.168.1.5:4000", "10.0.0.7:4000", "203.0.113.4:4000",
                "[2001:db8:0:0:0:0:0:1]:4000", "[fd00:0:0:0:0:0:0:1]:4000",
            ])
    }

    @Test("A machine without a network still has loopback")
    func onlyLoopback() throws {
        let loopback = try #require(PeerAddress(numeric: "127.0.0.1", port: 0))
        #expect(
            LocalAddresses.order([(loopback, interface: "lo")], port: 5) == [.loopback(port: 5)])
    }

    @Test("This machine has an address")
    func thisMachine() {
        let addresses = LocalAddresses.all(port: 9876)
        #expect(!addresses.isEmpty)
        #expect(addresses.count <= Limits.addressesPerMember)
        #expect(addresses.allSatisfy { $0.port == 9876 })
    }
}
