import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Digest from "effect/crypto/Digest"
import type { SigningKey, TrustedKey } from "../../attestation/keys.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import { digestOf, signDocument, verifyDocument } from "../../gate/evidence/seal.ts"
import { ConnectorName, FactWord, Millis, Name, Sha256 } from "../../gate/words.ts"

/** A keyed hash of the deployment: 32 hex digits. */
const KeyedHash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/))

const unsigned = {
  v: Schema.Literal(1),
  memo: Schema.Literal("recorder"),
  environment: Schema.Literals(["local", "staging"]),
  deployment: Name,
  at: Millis,
  /** Accounts whose credential the provider accepted at a recorded boot, by keyed hash. `at`: the first time. */
  accounts: Schema.Record(KeyedHash, Schema.Struct({ connector: ConnectorName, variant: FactWord, at: Millis })),
  /** Time of the first handshake that was answered for a connector. */
  handshakes: Schema.Record(ConnectorName, Millis),
  /** Keyed hash of the last version seen of each secret, by the keyed hash of its name. */
  secrets: Schema.Record(KeyedHash, KeyedHash),
  recorder: Sha256
}

const UnsignedMemo = Schema.Struct(unsigned)
type UnsignedMemo = typeof UnsignedMemo.Type

/**
 * Signed document that a recorder keeps beside the evidence, one for each store. It says what a later process must know:
 * proven accounts, answered handshakes, versions of secrets. It holds keyed hashes and words, and no evidence.
 */
export const RecorderMemo = Schema.Struct({
  ...unsigned,
  /** Ed25519 signature in base64 over the canonical JSON of all other members. */
  signature: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/]{86}==$/))
})
export type RecorderMemo = typeof RecorderMemo.Type

/** Part of a memo that its signer chooses. */
export type MemoContent = Pick<UnsignedMemo, "accounts" | "handshakes" | "secrets">

export const emptyMemo: MemoContent = { accounts: {}, handshakes: {}, secrets: {} }

/** Most proven accounts that a memo keeps. The oldest leave first. */
export const mostAccounts = 2_048

const decodeMemo = Schema.decodeUnknownOption(RecorderMemo, { onExcessProperty: "error" })

/** Returns the id of the memo in the store of evidence. */
export const memoId: Effect.Effect<string, never, Digest.Digest> = Effect.map(digestOf(["recorder memo"]), (digest) =>
  digest.slice("sha256:".length)
)

/** Signs a memo with the key of a recorder. Returns its text. */
export const signMemo = (memo: Omit<UnsignedMemo, "v" | "memo" | "recorder">, key: SigningKey) =>
  Effect.map(signDocument({ v: 1, memo: "recorder", ...memo }, key), (signed) => JSON.stringify(signed))

/** Reads a memo. Returns `undefined` for a text that is none, or that no trusted recorder has signed. */
export const readMemo = Effect.fnUntraced(function* (text: string, recorders: ReadonlyArray<TrustedKey>) {
  const memo = Option.getOrUndefined(decodeMemo(jsonIn(text)))
  return memo !== undefined && (yield* verifyDocument(memo, recorders)) === "valid" ? memo : undefined
})

const bounded = (accounts: MemoContent["accounts"]): MemoContent["accounts"] => {
  const all = Object.entries(accounts)
  if (all.length <= mostAccounts) return accounts
  return Object.fromEntries(all.toSorted(([, one], [, other]) => other.at - one.at).slice(0, mostAccounts))
}

/** Adds what a process has learnt to a memo. The first time of an account stays, unless its variant has changed. */
export const addToMemo = (known: MemoContent, learnt: MemoContent): MemoContent => {
  const accounts = { ...known.accounts }
  for (const [hash, account] of Object.entries(learnt.accounts)) {
    const before = accounts[hash]
    if (before?.variant !== account.variant || before.connector !== account.connector) accounts[hash] = account
  }
  return {
    accounts: bounded(accounts),
    handshakes: { ...learnt.handshakes, ...known.handshakes },
    secrets: { ...known.secrets, ...learnt.secrets }
  }
}
