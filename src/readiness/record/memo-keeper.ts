import * as Effect from "effect/Effect"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import type { InfraError } from "../../domain/failure.ts"
import { EvidenceStore } from "../../gate/evidence/evidence-store.ts"
import type { FlushKeys } from "../../gate/evidence/recorder.ts"
import { addToMemo, emptyMemo, type MemoContent, memoId, readMemo, signMemo } from "./memo.ts"

/** Times that a memo is merged again because another process wrote it meanwhile. */
const tries = 4

/** Keeps what this process has learnt, and writes it to the signed memo of the store. */
export interface MemoKeeper {
  /** Adds to what this process knows. It is written at the next flush. */
  readonly learn: (learnt: Partial<MemoContent>) => void
  /** Returns the time of the first handshake that was answered; `undefined` before one is known. */
  readonly handshakeOf: (connector: string) => number | undefined
  /** Returns the last version of each secret that was seen in use. Known after the first flush. */
  readonly secrets: () => MemoContent["secrets"]
  /** Reads the memo the first time. Writes it when this process has learnt something that it does not hold. */
  readonly flush: Effect.Effect<void, InfraError | CryptoError>
}

export interface MemoKeeperOptions {
  readonly environment: "local" | "staging"
  readonly deployment: string
  readonly keys: Effect.Effect<FlushKeys>
}

export const makeMemoKeeper = Effect.fnUntraced(function* ({ environment, deployment, keys }: MemoKeeperOptions) {
  const store = yield* EvidenceStore
  const crypto = yield* Effect.context<Digest.Digest | Signature.Signature>()
  let known = emptyMemo
  let isRead = false
  let isNew = false

  const write = Effect.fnUntraced(function* (
    left: number
  ): Effect.fn.Return<void, InfraError | CryptoError, Digest.Digest | Signature.Signature> {
    const { key, recorders } = yield* keys
    const id = yield* memoId
    const { now, records } = yield* store.read
    const present = records.find((one) => one.id === id)?.record
    const memo = present === undefined ? undefined : yield* readMemo(present, recorders)
    const { accounts, handshakes, secrets } = memo ?? emptyMemo
    const before = { accounts, handshakes, secrets }
    const merged = addToMemo(before, known)
    known = addToMemo(merged, known)
    isRead = true
    isNew = false
    if (JSON.stringify(merged) === JSON.stringify(before)) return
    const record = yield* signMemo({ ...merged, environment, deployment, at: now }, key)
    const replaces = present === undefined ? {} : { replaces: present }
    if ((yield* store.write({ id, record, ...replaces, at: now, sticky: true })) === "written") return
    isNew = true
    if (left > 0) yield* write(left - 1)
  })

  return {
    learn: (learnt) => {
      const next = addToMemo(known, { ...emptyMemo, ...learnt })
      isNew ||= JSON.stringify(next) !== JSON.stringify(known)
      known = next
    },
    handshakeOf: (connector) => known.handshakes[connector],
    secrets: () => known.secrets,
    flush: Effect.suspend(() => (isRead && !isNew ? Effect.void : write(tries))).pipe(
      Effect.tapError(() => Effect.sync(() => (isNew = true))),
      Effect.provideContext(crypto)
    )
  } satisfies MemoKeeper
})
