import * as Redacted from "effect/Redacted"
import type { Channel, ChannelAccount } from "../connector/channel.ts"
import type { Digest } from "../connector/inbound.ts"

/** A digest of an account and of the present versions of its secrets, keyed by the secrets themselves: 64 hex digits. */
export const credentialOf = (
  channel: Pick<Channel, "id">,
  account: Pick<ChannelAccount, "providerAccount" | "credentials">,
  digest: Digest
): string => {
  const key = Redacted.make(account.credentials().map(Redacted.value).join("\n"))
  const name = new TextEncoder().encode(`proof\n${channel.id}\n${account.providerAccount}`)
  return Buffer.from(digest.hmacSha256(key, name)).toString("hex")
}
