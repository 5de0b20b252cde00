import * as Redacted from "effect/Redacted"
import type { Channel } from "../../connector/channel.ts"
import type { Digest, RawWebhook } from "../../connector/inbound.ts"
import type { AccountNotes } from "./account-notes.ts"

/** A changed secret that was not yet used with a genuine provider. */
interface Rotation {
  readonly value: Redacted.Redacted<string>
  changes: number
  authFailures: number
  refusedWebhooks: number
  /** Time of the first webhook that this version signed, in milliseconds. */
  signedAt?: number
}

/** Follows rotations of secrets until a call or a webhook under the new version shows that it works (row 1.2.3). */
export interface Rotations {
  /** True while a rotation waits for its use. A message reads nothing else. */
  readonly isPending: () => boolean
  readonly changed: (ref: string, value: Redacted.Redacted<string>) => void
  /** A call with these credentials succeeded, or the provider rejected them. */
  readonly called: (
    account: AccountNotes,
    credentials: ReadonlyArray<Redacted.Redacted<string>>,
    accepted: boolean
  ) => void
  readonly verified: (secret: Redacted.Redacted<string>, now: number) => void
  readonly refused: (channel: Channel, webhook: RawWebhook) => void
  /** An event of a genuine provider, which was created at this time. */
  readonly genuineEvent: (account: AccountNotes, occurredAt: number) => void
}

export interface RotationOptions {
  readonly digest: Digest
  /** References of an account's own secrets, such as its access token. Every call of the account uses them. */
  readonly ownSecrets: (connector: string, account: string) => ReadonlyArray<string>
  /** Called when a rotation was used. */
  readonly used: (ref: string) => void
}

const isSame = (one: Redacted.Redacted<string>, other: Redacted.Redacted<string>) =>
  Redacted.value(one) === Redacted.value(other)

export const makeRotations = ({ digest, ownSecrets, used }: RotationOptions): Rotations => {
  const pending = new Map<string, Rotation>()
  const end = (ref: string, rotation: Rotation, by: "call" | "webhook", { rotation: note }: AccountNotes) => {
    const { changes, authFailures, refusedWebhooks } = rotation
    const failed = authFailures + refusedWebhooks > 0
    note(failed ? "fail" : "pass", {
      changes,
      used: by,
      auth_failures: authFailures,
      refused_webhooks: refusedWebhooks
    })
    pending.delete(ref)
    used(ref)
  }
  const refsOf = ({ account }: AccountNotes) => account.secretRefs.filter((ref) => pending.has(ref))
  return {
    isPending: () => pending.size > 0,
    changed: (ref, value) => {
      const before = pending.get(ref)
      pending.set(ref, { value, changes: (before?.changes ?? 0) + 1, authFailures: 0, refusedWebhooks: 0 })
    },
    called: (account, credentials, accepted) => {
      const own = ownSecrets(account.connector, account.alias)
      for (const ref of refsOf(account)) {
        const rotation = pending.get(ref)
        if (rotation === undefined || !own.includes(ref)) continue
        if (!accepted) rotation.authFailures += 1
        else if (credentials.some((one) => isSame(one, rotation.value))) end(ref, rotation, "call", account)
      }
    },
    verified: (secret, now) => {
      for (const rotation of pending.values()) if (isSame(secret, rotation.value)) rotation.signedAt ??= now
    },
    refused: (channel, webhook) => {
      if (!channel.isSignedFormerly(webhook, digest)) return
      const refs = new Set([...channel.accounts.values()].flatMap(({ secretRefs }) => secretRefs))
      for (const [ref, rotation] of pending) if (refs.has(ref)) rotation.refusedWebhooks += 1
    },
    genuineEvent: (account, occurredAt) => {
      for (const ref of refsOf(account)) {
        const rotation = pending.get(ref)
        // The provider states whole seconds. An event that it created after it had signed with the new version is signed so too.
        if (rotation?.signedAt === undefined || occurredAt < rotation.signedAt) continue
        end(ref, rotation, "webhook", account)
      }
    }
  }
}
