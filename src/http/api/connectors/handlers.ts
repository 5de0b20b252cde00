import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type Channel, Channels } from "../../../connector/channel.ts"
import { Api } from "../api.ts"
import type { ConnectorView } from "./contract.ts"

/** Describes a connector by its first account: all accounts of a connector have the same capabilities. */
const viewOf = ({ id, version, accounts }: Channel): ConnectorView => {
  const [first] = accounts.values()
  return {
    connector: id,
    version,
    accounts: [...accounts.keys()],
    capabilities: Array.from(first?.capabilities ?? [], ([capability, one]) => ({
      capability,
      capabilityId: one.id,
      protection: one.protection,
      ...(one.proof === undefined ? {} : { proof: one.proof }),
      retryUnknown: one.retryUnknown,
      recipient: one.recipient
    }))
  }
}

export const layer = HttpApiBuilder.group(
  Api,
  "connectors",
  Effect.fnUntraced(function* (handlers) {
    const channels = yield* Channels
    return handlers.handle("list", () => Effect.sync(() => ({ connectors: Array.from(channels.values(), viewOf) })))
  })
)
