import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AttestationRefused } from "../attestation/refused.ts"
import { attest, openAttestation, type PredicateKind } from "../attestation/statement.ts"
import type { SigningKey } from "../attestation/keys.ts"
import { Millis, Name, Sha256 } from "../gate/words.ts"
import { signerAt, type Trust, trustKeysOf } from "./trust.ts"

/** Most milliseconds between the begin and the end of a document. */
export const mostGlassMillis = 86_400_000

const RowName = Schema.String.check(Schema.isPattern(/^([1-6]\.\d\.\d|3\.2:[a-z][a-z0-9-]{0,31}\.[a-z0-9_.-]{1,64})$/))

/** Text that stays for ever. Six digits in a row or an `@` may be those of a person, and are refused. */
export const GlassReason = Schema.String.check(Schema.isPattern(/^(?!.*\p{Nd}{6})[^\p{Cc}@\uff20]{10,500}$/u))

/** Lets one release start in one deployment for a limited time, although it has no certificate. */
const BreakGlassDocument = Schema.Struct({
  id: Name,
  /** `drill`: opens a capability in a drill of staging, and nothing else. */
  purpose: Schema.Literals(["production", "drill"]),
  deployment: Name,
  /** Digest of the manifest of the one release that it opens. */
  manifest: Sha256,
  /** Rows of the checklist that are not GO and that it passes. */
  rows: Schema.NonEmptyArray(RowName),
  reason: GlassReason,
  from: Millis,
  until: Millis
})
export type BreakGlassDocument = typeof BreakGlassDocument.Type

/** The statement that a break-glass document is. */
const breakGlassKind: PredicateKind<BreakGlassDocument> = {
  family: "urn:comporta:break-glass",
  version: 1,
  schema: BreakGlassDocument
}

const isDocument = Schema.is(BreakGlassDocument)

const refuse = (message: string) => Effect.fail(new AttestationRefused({ reason: "predicate", message }))

const checkSpan = ({ from, until }: BreakGlassDocument) =>
  until > from && until - from <= mostGlassMillis
    ? Effect.void
    : refuse("expected an end at most 24 hours after the begin, found another span: sign a shorter document")

const subjectOf = (manifest: Sha256) => ({ name: "manifest", digest: { sha256: manifest.slice("sha256:".length) } })

/** Signs a document. Refuses a member that is wrong, such as a reason that may name a person. */
export const signGlass = Effect.fnUntraced(function* (document: BreakGlassDocument, key: SigningKey) {
  if (!isDocument(document))
    return yield* refuse(
      "expected rows of the checklist, and a reason of 10 to 500 characters in one line without `@` and without six digits in a row; found another"
    )
  yield* checkSpan(document)
  return yield* attest(breakGlassKind, { subject: [subjectOf(document.manifest)], predicate: { ...document } }, [key])
})

/** Reads a document. A key with the role `break-glass` must have signed it, at a time at which that key may sign. */
export const openGlass = Effect.fnUntraced(function* (text: string, trust: Trust) {
  const keys = trustKeysOf(trust, "break-glass")
  if (keys.length === 0) return yield* refuse("expected a key with the role break-glass in the trust file, found none")
  const opened = yield* openAttestation(
    breakGlassKind,
    text,
    keys.map(({ key }) => key)
  )
  const { predicate: document, signers, subject } = opened
  if (signerAt(keys, signers, document.from) === undefined)
    return yield* refuse("expected a begin at which its key is trusted, found another time")
  const [only] = subject
  if (subject.length !== 1 || `sha256:${only.digest.sha256}` !== document.manifest)
    return yield* refuse("expected the one release of the document as the subject of the statement, found another")
  yield* checkSpan(document)
  return document
})

/** Place at which a document is to hold. */
export interface GlassPlace {
  readonly environment: "staging" | "production"
  readonly deployment: string
  readonly release: Sha256
  readonly now: Millis
}

const timeText = (at: Millis) => DateTime.formatIso(DateTime.makeUnsafe(at))

/** Returns why a document does not hold at a place and time. Returns `undefined` when it holds. */
export const glassProblem = (document: BreakGlassDocument, place: GlassPlace): string | undefined => {
  const expected = place.environment === "production" ? "production" : "drill"
  if (document.purpose !== expected)
    return `expected a document with the purpose ${expected} in ${place.environment}, found ${document.purpose}`
  if (document.deployment !== place.deployment)
    return `expected a document for the deployment ${place.deployment}, found one for another`
  if (document.manifest !== place.release)
    return `expected a document for the release ${place.release}, found one for another`
  if (place.now < document.from) return `the document begins at ${timeText(document.from)}`
  if (place.now >= document.until) return `the document ended at ${timeText(document.until)}`
  return undefined
}
