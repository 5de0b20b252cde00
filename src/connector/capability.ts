import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Failure, type Issue, PayloadError } from "../domain/failure.ts"
import type { PersonalPart } from "../domain/event.ts"
import { Personal } from "../domain/personal.ts"
import { shownMember } from "../domain/plain-word.ts"
import type { Protection, Receipt } from "../domain/intent.ts"
import { withUnknownKeys } from "./unknown-keys.ts"
import type { LookContext, MessageTraits, Proof, ProofDefinition, Sighting, Wanted } from "./proof.ts"
import { roundedInput } from "./rounded.ts"
import type { ProviderHttp } from "./provider-http.ts"
import type { AccountContext } from "./account-context.ts"

export type { Echo, Find, Look, MessageTraits, Proof, Sighting, Wanted } from "./proof.ts"

/** What a capability is given to perform one intent. `Settings` and `Account` are what the connector's schemas decode. */
export interface Send<Input, Settings, Account> extends SendContext<Settings, Account> {
  readonly input: Input
  /** Absent where the capability takes none. As the caller wrote it. */
  readonly to: Personal<string> | undefined
}

export interface SendContext<Settings, Account> extends AccountContext<Settings, Account> {
  /** Ours (G18): at most 512 characters, no personal data; to be returned by the provider where it can. */
  readonly callbackData: string
}

interface Definition<Input, Settings, Account> {
  /** `text`: unique within the connector. */
  readonly id: string
  /**
   * What a caller may ask for. Keys that it does not name are passed to `send`, and the provider judges them; of an
   * `idempotent` capability they are refused, since nobody can say that they commute (G21).
   */
  readonly input: Schema.Codec<Input, unknown>
  readonly recipient: "required" | "absent"
  /** Refuses a `to` that this channel cannot have: answers what was expected. */
  readonly checkRecipient?: (to: string) => string | undefined
  /**
   * What its message will look like in an echo, or where it is read back; `none`: it causes no message. Of a connector that
   * reads echoes, a capability that does not say so may cause any: no echo proves anything while it is open (G49).
   */
  readonly traits?: "none" | ((wanted: Wanted<Input>) => MessageTraits)
  readonly send: (request: Send<Input, Settings, Account>) => Effect.Effect<Receipt, Failure, ProviderHttp>
}

/** A capability with its input type closed over: `prepare` refuses all that can be refused without touching the provider. */
export interface Capability<Settings, Account> {
  readonly id: string
  readonly protection: Protection
  readonly recipient: "required" | "absent"
  readonly inputSchema: Schema.Top
  /** How a doubt may end by itself; only `verified` has one. */
  readonly proof?: Proof
  /** How often an unknown outcome may be tried again; only `idempotent` has one. */
  readonly retryUnknown?: number
  /** It says what its message will look like, or that it causes none. */
  readonly saysTraits?: true
  /** An echo of it is told by its looks alone. */
  readonly tellsEcho?: true
  readonly prepare: (input: unknown, to: string | undefined) => Result.Result<Ready<Settings, Account>, PayloadError>
}

/** One intent, checked. `find` where it can be read back, `isEcho` where an echo is told by its looks. */
export interface Ready<Settings, Account> {
  readonly perform: Perform<Settings, Account>
  readonly find?: (
    context: LookContext<Settings, Account>
  ) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>
  readonly isEcho?: (echo: PersonalPart) => boolean
  /** What its message will look like, where it causes one and says so. */
  readonly traits?: MessageTraits
}

export type Perform<Settings, Account> = (
  context: SendContext<Settings, Account>
) => Effect.Effect<Receipt, Failure, ProviderHttp>

/** Commutes with every later intent on the same target (G21): the only level that may retry an unknown outcome. */
export const idempotent = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account> & { readonly retryUnknown?: number }
): Capability<Settings, Account> =>
  close(
    definition,
    "idempotent",
    definition.retryUnknown === undefined ? {} : { retryUnknown: definition.retryUnknown }
  )

/** A later proof can show whether it happened. */
export const verified = <Input, Settings, Account>(
  definition: Definition<Input, Settings, Account> & ProofDefinition<Input, Settings, Account>
): Capability<Settings, Account> => close(definition, "verified", { proof: definition.proof }, definition)

/** Neither: a doubt waits for a person. */
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
          new PayloadError({ code: "invalid_request", detail: "the request does not fit the capability", issues })
        )
      }
      const recipient = to === undefined ? undefined : Personal.of(to)
      const wanted = { input: decoded.success, to: recipient }
      return Result.succeed({
        perform: (context) => definition.send({ ...context, ...wanted }),
        ...looksOf(proof, wanted),
        ...(typeof definition.traits === "function" ? { traits: definition.traits(wanted) } : {})
      })
    }
  }
}

/** Keeps the keys that the schema does not name, or refuses them where the capability must commute (G21). */
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

/** Paths and expectations of a schema's complaint, never the received values, nor names that no schema would have. */
export const issuesOf = (issue: SchemaIssue.Issue, prefix: ReadonlyArray<string>): ReadonlyArray<Issue> =>
  format(issue).issues.map(({ path, message }) => ({
    path: [...prefix, ...(path ?? []).map((step) => shownMember(typeof step === "object" ? step.key : step))],
    message: message.replace(/^E/, "e")
  }))
