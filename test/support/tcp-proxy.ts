import { connect, createServer, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import * as Effect from "effect/Effect"

/** A proxy between a client and a local server that can drop, delay and cut the traffic. */
export interface TcpProxy {
  readonly port: number
  /** Resolves once the server has been sent these bytes. */
  readonly given: (text: string) => Promise<void>
  /** Resolves once the client has been sent these bytes. */
  readonly answered: (text: string) => Promise<void>
  /** Drops responses of the server from now on, or passes them on again. */
  readonly swallow: (answers: boolean) => void
  /**
   * Ends the connection before the response, the next `times` that these bytes are sent to the server. Returns a function that
   * counts the cuts.
   */
  readonly cutAfter: (text: string, times: number) => () => number
  /** Delays responses by this many milliseconds from now on. */
  readonly slow: (millis: number) => void
  /** Ends every connection; new ones are accepted. */
  readonly cut: () => void
  readonly dispose: () => Promise<void>
}

const watch = () => {
  let waiting: Array<{ readonly text: string; readonly resolve: () => void }> = []
  return {
    wait: (text: string) => new Promise<void>((resolve) => void waiting.push({ text, resolve })),
    passed: (data: Buffer) => {
      const seen = data.toString("latin1")
      for (const { resolve } of waiting.filter(({ text }) => seen.includes(text))) resolve()
      waiting = waiting.filter(({ text }) => !seen.includes(text))
    }
  }
}

const cutters = () => {
  const cutters: Array<{ readonly text: string; readonly times: number; cuts: number }> = []
  return {
    after: (text: string, times: number) => {
      const cutter = { text, times, cuts: 0 }
      cutters.push(cutter)
      return () => cutter.cuts
    },
    /** Returns true when the connection must be cut after these bytes. */
    isLast: (data: Buffer) => {
      const seen = data.toString("latin1")
      const cutter = cutters.find(({ text, times, cuts }) => cuts < times && seen.includes(text))
      if (cutter !== undefined) cutter.cuts += 1
      return cutter !== undefined
    }
  }
}

const startProxy = async (target: number): Promise<TcpProxy> => {
  const [requests, answers] = [watch(), watch()]
  const { after, isLast } = cutters()
  const sockets = new Set<Socket>()
  let swallowing = false
  let later = 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1")
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on("data", (data) => {
      const last = isLast(data)
      if (last) upstream.removeAllListeners("data").resume()
      upstream.write(data, () => {
        requests.passed(data)
        if (last) client.destroy()
      })
    })
    const answer = (data: Buffer) => (swallowing ? undefined : client.write(data, () => answers.passed(data)))
    // Delayed responses keep their order, even when the delay has ended meanwhile.
    let before: Promise<unknown> | undefined
    upstream.on("data", (data) => {
      if (later === 0 && before === undefined) {
        answer(data)
        return
      }
      const turn: Promise<unknown> = Promise.all([before, pause(later)]).then(() => {
        answer(data)
        if (before === turn) before = undefined
      })
      before = turn
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    given: requests.wait,
    answered: answers.wait,
    swallow: (on) => {
      swallowing = on
    },
    cutAfter: after,
    slow: (millis) => {
      later = millis
    },
    cut,
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      })
  }
}

/** Starts a proxy for one scope. */
export const tcpProxy = (target: number) =>
  Effect.acquireRelease(
    Effect.promise(() => startProxy(target)),
    (proxy) => Effect.promise(() => proxy.dispose())
  )
