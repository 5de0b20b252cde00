import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { FailureReport, Issue } from "../domain/failure.ts"
import { AccountId, CapabilityId, ConnectorId, ProviderAccountId } from "../domain/ids.ts"
import { type AccountContext, type Capability, issuesOf } from "./capability.ts"
import type { Channel, ChannelAccount, ChannelCapability, ChannelMedia, SecretReader } from "./channel.ts"
import type { Media } from "./media.ts"
import { closeProbe } from "./close-probe.ts"
import type { Definition, Route } from "./connector.ts"
import type { ErrorRow } from "./error-table.ts"
import { signersOf, verifierOf } from "./signers.ts"
import type { Digest } from "./inbound.ts"

/** What the operator's file says about one connector; `settings` are the keys that only the connector knows. */
export interface RawConnector {
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, unknown>>
  readonly accounts: Readonly<
    Record<
      string,
      { readonly secrets: Readonly<Record<string, string>>; readonly settings: Readonly<Record<string, unknown>> }
    >
  >
  readonly capabilities: ReadonlyArray<string>
}

/** A connector that is configured but has not been given its secrets. */
export interface Unbound {
  /** References of every secret that it needs. */
  readonly secretRefs: ReadonlyArray<string>
  /** Its settings lead to the provider itself, and to no stand-in (G40). */
  readonly genuine: boolean
  readonly bind: <E>(read: (ref: string) => Effect.Effect<SecretReader, E>, digest: Digest) => Effect.Effect<Channel, E>
}

const strict = { errors: "all", onExcessProperty: "error" } as const

/** A schema without keys takes any object as it is; what an operator writes there is unknown all the same. */
const keysOfNone = (schema: Schema.Top, given: Readonly<Record<string, unknown>>): ReadonlyArray<Issue> =>
  schema.ast._tag === "Objects" && schema.ast.propertySignatures.length === 0 && schema.ast.indexSignatures.length === 0
    ? Object.keys(given).map((key) => ({ path: [key], message: "unknown key" }))
    : []

const under = (prefix: ReadonlyArray<string>, issues: ReadonlyArray<Issue>): ReadonlyArray<Issue> =>
  issues.map(({ path, message }) => ({ path: [...prefix, ...path], message }))

/** Checks everything the operator wrote about a connector against the connector's own schemas; all mistakes at once. */
export const configure = <Settings, Account>(
  definition: Definition<Settings, Account>,
  raw: RawConnector
): Result.Result<Unbound, ReadonlyArray<Issue>> => {
  const settings = Schema.decodeResult(definition.settings, strict)(raw.settings)
  const accounts = Object.entries(raw.accounts).map(([alias, account]) => ({
    alias,
    secrets: account.secrets,
    decoded: Schema.decodeResult(definition.account, strict)(account.settings)
  }))
  const named = secretNames(definition.secrets, raw)
  const known = new Map(definition.capabilities.map((capability) => [capability.id, capability]))
  const issues: Array<Issue> = [
    ...keysOfNone(definition.settings, raw.settings),
    ...(Result.isFailure(settings) ? issuesOf(settings.failure.issue, []) : []),
    ...secretIssues(named.connector, raw.secrets, ["secrets"]),
    ...Object.entries(raw.accounts).flatMap(([alias, account]) =>
      under(["accounts", alias], keysOfNone(definition.account, account.settings))
    ),
    ...accounts.flatMap(({ alias, secrets, decoded }) => [
      ...(Result.isFailure(decoded) ? issuesOf(decoded.failure.issue, ["accounts", alias]) : []),
      ...secretIssues(named.account(secrets), secrets, ["accounts", alias, "secrets"])
    ]),
    ...raw.capabilities.flatMap((id, index) =>
      known.has(id)
        ? []
        : [{ path: ["capabilities", String(index)], message: `expected one of ${[...known.keys()].join(", ")}` }]
    )
  ]
  const identities = accounts.flatMap(({ alias, secrets, decoded }) =>
    Result.isSuccess(decoded)
      ? [{ alias, secrets, settings: decoded.success, routes: definition.routes(alias, decoded.success) }]
      : []
  )
  issues.push(...sharedIdentities(identities))
  if (issues.length > 0 || Result.isFailure(settings)) return Result.fail(issues)
  const secretRefs = [...Object.values(raw.secrets), ...accounts.flatMap(({ secrets }) => Object.values(secrets))]
  const enabled = raw.capabilities.flatMap((id) => known.get(id) ?? [])
  return Result.succeed({
    secretRefs,
    genuine: definition.isGenuine?.(settings.success) ?? true,
    bind: (read, digest) =>
      Effect.map(
        Effect.forEach(secretRefs, (ref) => Effect.map(read(ref), (reader) => [ref, reader] as const)),
        (readers) => channelOf(definition, settings.success, raw.secrets, identities, enabled, new Map(readers), digest)
      )
  })
}

interface Identity<Account> {
  readonly alias: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Account
  readonly routes: readonly [Route, ...ReadonlyArray<Route>]
}

const channelOf = <Settings, Account>(
  definition: Definition<Settings, Account>,
  settings: Settings,
  connectorRefs: Readonly<Record<string, string>>,
  identities: ReadonlyArray<Identity<Account>>,
  enabled: ReadonlyArray<Capability<Settings, Account>>,
  readers: ReadonlyMap<string, SecretReader>,
  digest: Digest
): Channel => {
  const { inbound, media, probe } = definition
  const candidates = (name: string) => readers.get(connectorRefs[name] ?? "")?.candidates() ?? []
  const contextOf = ({ settings: account, secrets }: Identity<Account>): AccountContext<Settings, Account> => ({
    settings,
    account,
    secret: (name) => pick(readers, secrets[name] ?? connectorRefs[name]).current(),
    digest
  })
  const toCapability = (
    capability: Capability<Settings, Account>,
    context: AccountContext<Settings, Account>
  ): ChannelCapability => ({
    id: CapabilityId.make(`${definition.id}.${capability.id}`),
    protection: capability.protection,
    recipient: capability.recipient,
    retryUnknown: capability.protection === "idempotent" ? (capability.retryUnknown ?? 0) : 0,
    ...(capability.protection === "verified" && capability.proof !== undefined ? { proof: capability.proof } : {}),
    limits: definition.limits?.(context.account, capability.id) ?? [],
    prepare: (input, to) =>
      Result.map(capability.prepare(input, to), ({ perform, find, isEcho }) => ({
        perform: (callbackData) => perform({ ...context, callbackData }),
        ...(find === undefined ? {} : { find: (since) => find({ ...context, since }) }),
        ...(isEcho === undefined ? {} : { isEcho })
      }))
  })
  const signers = signersOf(
    connectorRefs[inbound.signingSecret],
    identities.map(({ secrets, routes }) => ({
      ref: secrets[inbound.signingSecret],
      providerAccounts: routes.map(({ providerAccount }) => providerAccount)
    })),
    (ref) => pick(readers, ref)
  )
  return {
    id: ConnectorId.make(definition.id),
    version: definition.version,
    routes: new Map(
      identities.flatMap(({ routes }) =>
        routes.map(({ account, providerAccount }) => [
          providerAccount,
          { account: AccountId.make(account), providerAccount: ProviderAccountId.make(providerAccount) }
        ])
      )
    ),
    handshake: (query, digest) => inbound.handshake(query, candidates(inbound.handshakeSecret), digest),
    verify: verifierOf(inbound.verify, signers),
    decode: inbound.decode,
    accounts: new Map(
      identities.map((identity): [string, ChannelAccount] => {
        const context = contextOf(identity)
        const secretRefs = [...Object.values(connectorRefs), ...Object.values(identity.secrets)]
        const account: ChannelAccount = {
          id: AccountId.make(identity.alias),
          providerAccount: ProviderAccountId.make(identity.routes[0].providerAccount),
          capabilities: new Map(enabled.map((one) => [one.id, toCapability(one, context)])),
          secretRefs,
          ...(media === undefined ? {} : { media: mediaOf(media, context) }),
          ...(probe === undefined ? {} : { probe: closeProbe(probe, context) }),
          credentials: () => secretRefs.map((ref) => pick(readers, ref).current())
        }
        return [identity.alias, account]
      })
    ),
    recipientOf: definition.recipientOf ?? ((to) => to),
    usage: definition.usage ?? (() => 0),
    failureOf: (code) =>
      reportedFailure(
        definition.errors.find((row) => row.code === code),
        code
      )
  }
}

const mediaOf = <Settings, Account>(
  { maxBytes, check, upload, download }: Media<Settings, Account>,
  context: AccountContext<Settings, Account>
): ChannelMedia => ({
  maxBytes,
  check,
  upload: (one) => upload(one, context),
  download: (id) => download(id, context)
})

const reportedFailure = (row: ErrorRow | undefined, code: string | undefined): FailureReport => ({
  class: row?.class === "payload" ? "PayloadError" : "ProviderError",
  code: code !== undefined && /^[\w/]{1,32}$/.test(code) ? code : "failed",
  certainty: "not_applied",
  transient: false,
  detail: row?.meaning ?? "the provider reports that it failed"
})

interface SecretNames {
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
}

/** What of `either` is still required: nothing where the connector gives it; else, where any account does, each account. */
const secretNames = (
  { connector, account, either = [] }: Definition<never, never>["secrets"],
  { secrets, accounts }: RawConnector
) => {
  const open = either.filter((name) => !(name in secrets))
  const atAccounts = open.filter((name) => Object.values(accounts).some((one) => name in one.secrets))
  return {
    connector: { required: [...connector, ...open.filter((name) => !atAccounts.includes(name))], optional: either },
    account: (given: Readonly<Record<string, string>>): SecretNames => ({
      required: [...account, ...atAccounts.filter((name) => !(name in given))],
      optional: either
    })
  }
}

const secretIssues = (
  { required, optional }: SecretNames,
  given: Readonly<Record<string, string>>,
  path: ReadonlyArray<string>
): ReadonlyArray<Issue> => {
  const names = [...new Set([...required, ...optional])]
  return [
    ...required.flatMap((name) =>
      name in given ? [] : [{ path: [...path, name], message: "expected a secret reference" }]
    ),
    ...Object.keys(given).flatMap((name) =>
      names.includes(name) ? [] : [{ path: [...path, name], message: `unknown key; known here: ${names.join(", ")}` }]
    )
  ]
}

const sharedIdentities = (
  identities: ReadonlyArray<{
    readonly alias: string
    readonly routes: ReadonlyArray<{ readonly providerAccount: string; readonly account: string }>
  }>
): ReadonlyArray<Issue> => {
  const owners = new Map<string, string>()
  return identities.flatMap(({ alias, routes }) =>
    routes.flatMap(({ providerAccount, account }) => {
      const owner = owners.get(providerAccount)
      owners.set(providerAccount, account)
      return owner === undefined || owner === account
        ? []
        : [{ path: ["accounts", alias], message: `expected a provider account of its own: ${owner} has the same one` }]
    })
  )
}

const pick = (readers: ReadonlyMap<string, SecretReader>, ref: string | undefined): SecretReader => {
  const reader = readers.get(ref ?? "")
  // A connector that asks for a name it did not declare is a defect of that connector, not a state of the world.
  if (reader === undefined) throw new TypeError("the connector asks for a secret that it did not declare")
  return reader
}
