import * as Schema from "effect/Schema"
import { ConnectorName, FactWord, Sha256 } from "../words.ts"

/**
 * Acknowledgement of a capability that a connector declares. After an id in the answer:
 * - `delivered`: a status of its delivery with the gateway's callback data;
 * - `sent`: a signed status `sent` that names the id;
 * - `echo`: an echo with that id or with the gateway's callback data;
 * - `readBack`: the same id in a read-back.
 * `accepted`: the provider's complete answer is all there is.
 */
export const Acknowledged = Schema.Literals(["delivered", "sent", "echo", "readBack", "accepted"])
export type Acknowledged = typeof Acknowledged.Type

/** How a connector confirms that the provider knows an inbound event: a question without effect, or a capability. */
export const ConfirmInbound = Schema.Literals(["question", "capability"])
export type ConfirmInbound = typeof ConfirmInbound.Type

export const ConfiguredCapability = Schema.Struct({
  id: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_]{0,63}$/)),
  /** Absent when the connector does not declare it. */
  acknowledged: Schema.optionalKey(Acknowledged)
})
export type ConfiguredCapability = typeof ConfiguredCapability.Type

/** One variant of a configured connector, as plain data. Accounts of two variants make two channels. */
export const ConfiguredChannel = Schema.Struct({
  connector: ConnectorName,
  variant: FactWord,
  /** Digest of the connector's code, as the process has it. */
  code: Sha256,
  /** Digest of its section of the configuration. */
  section: Sha256,
  capabilities: Schema.Array(ConfiguredCapability),
  /** Absent when nothing can confirm an inbound event. */
  confirmInbound: Schema.optionalKey(ConfirmInbound),
  /** Directions in which the gateway streams media for this connector. */
  media: Schema.Array(Schema.Literals(["up", "down"]))
})
export type ConfiguredChannel = typeof ConfiguredChannel.Type
