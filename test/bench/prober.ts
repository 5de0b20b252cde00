import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

// Asks whether the server lives every 5 ms, one question at a time; prints the longest wait for an answer in milliseconds.

const [port = 0, seconds = 0] = process.argv.slice(2).map(Number)
const every = 5

const socket = connect(port, "127.0.0.1")
socket.setNoDelay(true)

let longest = 0
let count = 0
const until = performance.now() + seconds * 1_000
const ask = () =>
  new Promise<void>((resolve) => {
    const since = performance.now()
    socket.once("data", () => {
      longest = Math.max(longest, performance.now() - since)
      count += 1
      resolve()
    })
    socket.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
  })

while (performance.now() < until) {
  await ask()
  await pause(every)
}
console.log(JSON.stringify({ longest, count }))
process.exit(0)
