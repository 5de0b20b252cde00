import type { Json } from "../../../../src/domain/json.ts"
import type { GraphError } from "../answers.ts"
import type { Described, SimulatedAccount } from "./accounts.ts"

/** Differences between Instagram and Messenger. */
export interface Dialect {
  readonly object: "instagram" | "page"
  readonly describe: (settings: Readonly<Record<string, string>>) => Described
  /** Returns the answer of `me` and of the account's own node. */
  readonly profile: (account: SimulatedAccount) => Json
  readonly fits: (text: string) => boolean
  readonly scopes: ReadonlyArray<string>
  /** True when the echo returns the metadata: documented for Messenger only (META 4.10). */
  readonly echoesMetadata: boolean
  /** True when the channel reports the delivery to the person's device. */
  readonly tellsDelivery: boolean
  readonly windowClosed: GraphError
  readonly answeredBefore: GraphError
  /** Code of an error after the message was sent (META 4.7). */
  readonly failsWith: number
}
