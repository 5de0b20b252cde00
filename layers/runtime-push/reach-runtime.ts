import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { RuntimeUnreached } from "../../src/boot/runtime-check.ts"
import type { BadAuthority } from "../../src/secrets/secret-store.ts"
import { authorities } from "../node-crypto/authorities.ts"
import { reasonCode } from "../undici/message.ts"
import { connectorOf } from "../undici/wire.ts"

export interface ReachOptions {
  readonly url: string
  /** File in PEM of the only trusted authorities; without it, those that Node trusts. */
  readonly caFile?: string
}

/**
 * Time that the runtime has to refuse a connection after it opened. With TLS 1.3 it reports only then that it requires a
 * client certificate.
 */
const lingerTime = "1 second"

const unreached = (error: unknown) => new RuntimeUnreached({ code: reasonCode(error) })

const open = ({ protocol, host, hostname, port }: URL, ca: string | undefined) =>
  Effect.callback<Socket, RuntimeUnreached>((resume) => {
    let isLate = false
    const connect = connectorOf(ca === undefined ? {} : { ca: [ca] })
    const target = { protocol, host, hostname: hostname.replace(/^\[|\]$/g, ""), port }
    connect(target, (...[error, socket]) => {
      if (error !== null) return resume(Effect.fail(unreached(error)))
      if (isLate) return void socket.destroy()
      resume(Effect.succeed(socket))
    })
    return Effect.sync(() => {
      isLate = true
    })
  })

/**
 * Ends a connection without a request. Fails when the peer answers with an error of TLS. Any other end of an open connection
 * shows that the peer was there.
 */
const ended = (socket: Socket) =>
  Effect.callback<void, RuntimeUnreached>((resume) => {
    socket.once("error", (error) =>
      resume(reasonCode(error).startsWith("ERR_SSL_") ? Effect.fail(unreached(error)) : Effect.void)
    )
    socket.once("close", () => resume(Effect.void))
    socket.resume().end()
  }).pipe(Effect.timeoutOption(lingerTime), Effect.asVoid)

const release = (socket: Socket) =>
  Effect.sync(() => {
    socket.on("error", () => {})
    socket.destroy()
  })

/**
 * Opens a connection to the runtime exactly as a delivery does, checks the certificate, and closes it. Sends no request, so the
 * runtime sees no event.
 */
export const reachRuntime = Effect.fnUntraced(function* ({
  url,
  caFile
}: ReachOptions): Effect.fn.Return<void, RuntimeUnreached | BadAuthority, FileSystem.FileSystem> {
  const ca = caFile === undefined ? undefined : yield* authorities("runtime", caFile)
  const parsed = URL.parse(url)
  if (parsed === null) return yield* new RuntimeUnreached({ code: "ERR_INVALID_URL" })
  const socket = yield* open(parsed, ca)
  yield* Effect.ensuring(ended(socket), release(socket))
})
