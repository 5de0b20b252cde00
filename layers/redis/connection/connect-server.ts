import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type { Script } from "../scripting/script.ts"
import { connectOne } from "./connect-one.ts"
import type { ConnectionGate } from "./gate.ts"
import { parseStoreUrl, connectionOptions, followPasswords, type ServerOptions, urlOptions } from "./options.ts"

/** Connects to one server, or to the one address of a store whose operator moves it. */
export const connectServer = Effect.fnUntraced(function* (
  options: ServerOptions,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const url = yield* parseStoreUrl(options.url)
  const make = () =>
    followPasswords(new Redis({ ...urlOptions(url, options), ...connectionOptions(options) }), options.password)
  return yield* connectOne(make, url.host, options, scripts, gate)
})
