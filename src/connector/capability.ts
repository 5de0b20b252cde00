import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Failure, type Issue, PayloadError } from "../domain/failure.ts"
import type { PersonalPart } from "../domain/event.ts"
import { Personal } from "../domain/personal.ts"
import { shownMember } from "../domain/shown.ts"
import type { Protection, Receipt } from "../domain/intent.ts"
import { roundedInput, withUnknownKeys } from "./input.ts"
import type { LookContext, MessageTraits, Proof, ProofDefinition, Sighting, Wanted } from "./proof.ts"
import type { ProviderHttp } from "./provider-http.ts"
import type { AccountContext } from "./account-context.ts"
import type { AcknowledgedBy } from "./acknowledged-by.ts"

export type { Echo, Find, Look, MessageTraits, Proof, Sighting, Wanted } from "./proof.ts"

/** Request to perform one intent. The connector's schemas decode `Settings` and `Account`. */
export interface Send<Input, Settings, Account> extends SendContext<Settings, Account> {
  readonly input: Input
  /** Recipient as the caller wrote it; absent where the capability takes none. */
  readonly to: Personal<string> | undefined
}

export interface SendContext<Settings, Account> extends AccountContext<Settings, Account> {
  /** Correlation token of the gateway (G18): at most 512 characters, no personal data. The provider returns it where it can. */
  readonly callbackData: string
}

interface Definition<Input, Settings, Account> {
  /** Id, unique within the connector: `text`. */
  readonly id: string
  /**
   * Schema of a caller's input. Keys that it does not name are passed to `send`, and the provider judges them. An `idempotent`
   * capability rejects such keys, since nothing shows that they commute (G21).
   */
  readonly input: Schema.Codec<Input, unknown>
  readonly recipient: "required" | "absent"
  /** Strongest sign of its effect that the provider gives. Without it, nothing shows that the capability works (G40). */
  readonly acknowledged?: AcknowledgedBy
  /** Returns what was expected when this channel cannot have such a `to`; `undefined` when it can. */
  readonly checkRecipient?: (to: string) => string | undefined
  /**
   * Returns the traits of its message in an echo or a read-back; `none` when it causes no message. Where the connector reads
   * echoes, a capability without `traits` may cause any message: while its intent is open, no echo proves anything (G49).
   */
  readonly traits?: "none" | ((wanted: Wanted<Input>) => MessageTraits)
  /**
   * Returns the `DecodedEvent.identity` of the inbound event whose id the input is. A success then confirms that the provider
   * knows the event.
   */
  readonly namesEvent?: (input: Input) => ReadonlyArray<string>
  readonly send: (request: Send<Input, Settings, Account>) => Effect.Effect<Receipt, Failure, ProviderHttp>
}

/**
 * A capability with its input type closed over. `prepare` rejects everything that can be rejected without calling the
 * provider.
 */
export interface Capability<Settings, Account> {
  readonly id: string
  readonly protection: Protection
  readonly recipient: "required" | "absent"
  readonly inputSchema: Schema.Top
  /** Sign of its effect, if its connector declares one. */
  readonly acknowledged?: AcknowledgedBy
  /** Proof that ends a doubt by itself; only `verified` has one. */
  readonly proof?: Proof
  /** Number of retries after an unknown outcome; only `idempotent` has one. */
  readonly retryUnknown?: number
  /** True when the capability declares the traits of its message, or that it causes none. */
  readonly saysTraits?: true
  /** True when the capability recognises its echo by comparing content, with its own `isEcho`. */
  readonly tellsEcho?: true
  readonly prepare: (input: unknown, to: string | undefined) => Result.Result<Ready<Settings, Account>, PayloadError>
}

/** One checked intent. `find` is present where it can be read back, `isEcho` where content alone identifies its echo. */
export interface Ready<Settings, Account> {
  readonly perform: Perform<Settings, Account>
  readonly find?: (
    context: LookContext<Settings, Account>
  ) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>
  readonly isEcho?: (echo: PersonalPart) => boolean
  /** Traits of its message, where the capability causes one and declares them. */
  readonly traits?: MessageTraits
  /** `DecodedEvent.identity` of the inbound event that the input names. */
  readonly namedEvent?: ReadonlyArray<string>
}

export type Perform<Settings, Account> = (
  context: SendContext<Settings, Account>
) => Effect.Effect<Receipt, Failure, ProviderHttp>

/**
 * Declares a capability that commutes with every later intent on the same target (G21). Only such a one may retry an unknown
 * outcome.
 */
export const idempotent = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account> & { readonly retryUnknown?: number }
): Capability<Settings, Account> =>
  close(
    definition,
    "idempotent",
    definition.retryUnknown === undefined ? {} : { retryUnknown: definition.retryUnknown }
  )

/** Declares a capability whose later proof can show whether the call took effect. */
export const verified = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account> & ProofDefinition<Input, Settings, Account>
): Capability<Settings, Account> => close(definition, "verified", { proof: definition.proof }, definition)

/** Declares a capability that is neither: an operator must resolve its doubt. */
export const unprotected = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account>
): Capability<Settings, Account> => close(definition, "unprotected", {})

const close = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account>,
  protection: Protection,
  extra: { readonly proof?: Proof; readonly retryUnknown?: number },
  proof?: ProofDefinition<Input, Settings, Account>
): Capability<Settings, Account> => {
  const decode = decoderOf(definition.input, protection)
  return {
    id: definition.id,
    protection,
    recipient: definition.recipient,
    inputSchema: definition.input,
    ...(definition.acknowledged === undefined ? {} : { acknowledged: definition.acknowledged }),
    ...(extra.proof === undefined ? {} : { proof: extra.proof }),
    ...(extra.retryUnknown === undefined ? {} : { retryUnknown: extra.retryUnknown }),
    ...(definition.traits === undefined ? {} : { saysTraits: true }),
    ...(proof?.proof === "message-echo" && proof.isEcho !== undefined ? { tellsEcho: true } : {}),
    prepare: (input, to) => {
      const decoded = decode(input)
      const issues = [
        ...recipientIssues(definition, to),
        ...(Result.isFailure(decoded) ? issuesOf(decoded.failure.issue, ["input"]) : [])
      ]
      if (issues.length > 0 || Result.isFailure(decoded)) {
        return Result.fail(
          new PayloadError({
            code: "invalid_request",
            detail: "the request does not match the schema of the capability",
            issues
          })
        )
      }
      const recipient = to === undefined ? undefined : Personal.of(to)
      const wanted = { input: decoded.success, to: recipient }
      return Result.succeed({
        perform: (context) => definition.send({ ...context, ...wanted }),
        ...looksOf(proof, wanted),
        ...(definition.namesEvent === undefined ? {} : { namedEvent: definition.namesEvent(wanted.input) }),
        ...(typeof definition.traits === "function" ? { traits: definition.traits(wanted) } : {})
      })
    }
  }
}

/** Returns a decoder that keeps keys the schema does not name. It rejects them where the capability must commute (G21). */
const decoderOf = <Input>(input: Schema.Codec<Input, unknown>, protection: Protection) => {
  const closed = protection === "idempotent"
  const exactly = Schema.decodeUnknownResult(input, { errors: "all", onExcessProperty: closed ? "error" : "ignore" })
  const nearly = (received: unknown): ReturnType<typeof exactly> => {
    const decoded = exactly(received)
    if (Result.isSuccess(decoded)) return decoded
    const rounded = roundedInput(received, issuesOf(decoded.failure.issue, []))
    return rounded === undefined ? decoded : exactly(rounded)
  }
  if (closed) return nearly
  return (received: unknown) => Result.map(nearly(received), (decoded) => withUnknownKeys(received, decoded))
}

const looksOf = <Input, Settings, Account>(
  proof: ProofDefinition<Input, Settings, Account> | undefined,
  wanted: Wanted<Input>
): Omit<Ready<Settings, Account>, "perform"> => {
  if (proof?.proof === "read-back") return { find: (context) => proof.find({ ...context, ...wanted }) }
  const isEcho = proof?.proof === "message-echo" ? proof.isEcho : undefined
  return isEcho === undefined ? {} : { isEcho: (echo) => isEcho(wanted, echo) }
}

const recipientIssues = (
  definition: Pick<Definition<never, never, never>, "recipient" | "checkRecipient">,
  to: string | undefined
): ReadonlyArray<Issue> => {
  if (definition.recipient === "absent") {
    return to === undefined ? [] : [{ path: ["to"], message: "expected no `to`: this capability has no recipient" }]
  }
  if (to === undefined) return [{ path: ["to"], message: "expected a recipient" }]
  const expected = definition.checkRecipient?.(to)
  return expected === undefined ? [] : [{ path: ["to"], message: expected }]
}

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "UnexpectedKey") return "unknown key"
    return issue._tag === "MissingKey" ? "expected, but not there" : SchemaIssue.defaultLeafHook(issue)
  }
})

/** Returns the paths and expectations of a schema issue, never received values, nor member names that no schema would have. */
export const issuesOf = (issue: SchemaIssue.Issue, prefix: ReadonlyArray<string>): ReadonlyArray<Issue> =>
  format(issue).issues.map(({ path, message }) => ({
    path: [...prefix, ...(path ?? []).map((step) => shownMember(typeof step === "object" ? step.key : step))],
    message: message.replace(/^E/, "e")
  }))
