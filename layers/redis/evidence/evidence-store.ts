import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { EvidenceStore, type EvidenceWritten, evidenceRank } from "../../../src/gate/evidence/evidence-store.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { asTexts } from "../scripting/reply.ts"
import { readEvidenceScript, writeEvidenceScript } from "./scripts.ts"

const results: ReadonlySet<unknown> = new Set<EvidenceWritten>(["written", "changed", "late"])
const isResult = (reply: unknown): reply is EvidenceWritten => results.has(reply)

/** Provides the recorded facts on Redis, in the first partition. */
export const layer: Layer.Layer<EvidenceStore, never, RedisStore | Deployment> = Layer.effect(
  EvidenceStore,
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const { of } = keysOf(store.prefix, 0)
    const keys = [of("stamp"), of("evidence"), of("evidence:ranks")]

    /** Reads a page from a cursor on. The next cursor is `0` after the last page. */
    const page = (cursor: string) =>
      store.run(readEvidenceScript, keys.slice(0, 2), [deployment.id, cursor]).pipe(
        Effect.flatMap(asTexts(readEvidenceScript.name)),
        Effect.map(([now, next = "0", ...texts]) => ({ now: Number(now), next, texts }))
      )

    /** Reads the pages from a cursor on. A server may return a record twice while its hash grows. */
    const pagesFrom = (cursor: string, found: Map<string, string>): Effect.Effect<number, InfraError> =>
      Effect.flatMap(page(cursor), ({ now, next, texts }) => {
        for (let at = 0; at + 1 < texts.length; at += 2) found.set(texts[at] ?? "", texts[at + 1] ?? "")
        return next === "0" ? Effect.succeed(now) : pagesFrom(next, found)
      })

    return EvidenceStore.of({
      read: Effect.suspend(() => {
        const found = new Map<string, string>()
        return Effect.map(pagesFrom("0", found), (now) => ({
          now,
          records: Array.from(found, ([id, record]) => ({ id, record }))
        }))
      }),
      write: ({ id, record, replaces, at, sticky }) =>
        Effect.flatMap(
          store.run(writeEvidenceScript, keys, [
            deployment.id,
            id,
            replaces === undefined ? "" : hash("sha1", replaces, "hex"),
            record,
            at,
            evidenceRank({ at, sticky })
          ]),
          (reply) => (isResult(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(writeEvidenceScript.name)))
        )
    })
  })
)
