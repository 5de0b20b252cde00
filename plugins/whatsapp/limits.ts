import type { Limit } from "../../src/connector/limit.ts"
import type { Account } from "./settings.ts"

/** One message every 6 s to a person; up to 45 at once, borrowed from later ones (META 3.6). */
const pair: Limit = { name: "pair", of: "recipient", every: 6_000, burst: 45 }

/** Capabilities that send no message, which the pair rate does not limit. */
const silent = new Set(["mark_read", "typing_indicator", "media_delete"])

/** Returns the limits of a capability. Throughput counts every call of the number (META 3.6). */
export const limits = ({ messagesPerSecond }: Account, capability: string): ReadonlyArray<Limit> => {
  const throughput: Limit = {
    name: "throughput",
    of: "account",
    every: 1_000 / messagesPerSecond,
    burst: messagesPerSecond
  }
  return silent.has(capability) ? [throughput] : [throughput, pair]
}
