import { randomInt } from "node:crypto"
import { createServer } from "node:net"
import { pid } from "node:process"

/** Ports below those that the system assigns to outgoing connections, divided between the processes that run tests. */
const [lowest, shares, share] = [10_240, 40, 540]
const from = lowest + (pid % shares) * share
const given = new Set<number>()

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/** Returns a port without a listener, and does not return it again while unused ports are left in this process's share. */
export const freePort = async (): Promise<number> => {
  if (given.size === share) given.clear()
  const port = randomInt(from, from + share)
  if (given.has(port)) return freePort()
  given.add(port)
  return (await isFree(port)) ? port : freePort()
}
