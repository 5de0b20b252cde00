import type { Json } from "../../../../src/domain/json.ts"
import type { GraphError } from "../answers.ts"
import type { Described, SimulatedAccount } from "./accounts.ts"

/** In what Instagram and Messenger differ. */
export interface Dialect {
  readonly object: "instagram" | "page"
  readonly describe: (settings: Readonly<Record<string, string>>) => Described
  /** What `me` and the account's own node answer. */
  readonly profile: (account: SimulatedAccount) => Json
  readonly fits: (text: string) => boolean
  readonly scopes: ReadonlyArray<string>
  /** Returned in the echo: documented for Messenger alone (META 4.10). */
  readonly echoesMetadata: boolean
  /** Whether the person's device tells that it got a message. */
  readonly tellsDelivery: boolean
  readonly windowClosed: GraphError
  readonly answeredBefore: GraphError
  /** The code of an error after the message was sent (META 4.7). */
  readonly failsWith: number
}
