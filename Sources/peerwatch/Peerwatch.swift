@main struct Peerwatch { static func main() {} }
