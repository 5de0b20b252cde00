import * as Context from "effect/Context"
import type { Channel } from "./channel.ts"

/** Every configured connector of this process, by its id. */
export class Channels extends Context.Service<Channels, ReadonlyMap<string, Channel>>()(
  "comporta/connector/Channels"
) {}
