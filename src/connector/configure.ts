import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issue } from "../domain/failure.ts"
import { issuesOf } from "./capability.ts"
import type { Channel, SecretReader } from "./channel.ts"
import { channelOf } from "./channel-of.ts"
import type { Definition, RawConnector } from "./definition.ts"
import type { Digest } from "./inbound.ts"
import { secretIssues, secretNames } from "./secret-names.ts"

/** A configured connector whose secrets are not bound yet. */
export interface Unbound {
  /** References of every secret that it needs. */
  readonly secretRefs: ReadonlyArray<string>
  /** True when its settings lead to the provider itself and not to a stand-in (G40). */
  readonly genuine: boolean
  /** Names of the secrets that the operator set, at the connector or at any account. */
  readonly secretNames: ReadonlyArray<string>
  /** Settings that must be equal in staging and in production (G43). */
  readonly structure: Readonly<Record<string, string>>
  /** Variant of the provider's API by account, also for the accounts that only events carry. */
  readonly variants: ReadonlyMap<string, string>
  readonly bind: <E>(read: (ref: string) => Effect.Effect<SecretReader, E>, digest: Digest) => Effect.Effect<Channel, E>
}

/** Variant of a connector that declares none. */
const onlyVariant = "default"

const strict = { errors: "all", onExcessProperty: "error" } as const

/**
 * Returns issues for a schema without keys, which would accept any object: each key that the operator wrote there is unknown.
 */
const keysOfNone = (schema: Schema.Top, given: Readonly<Record<string, unknown>>): ReadonlyArray<Issue> =>
  schema.ast._tag === "Objects" && schema.ast.propertySignatures.length === 0 && schema.ast.indexSignatures.length === 0
    ? Object.keys(given).map((key) => ({ path: [key], message: "unknown key" }))
    : []

const under = (prefix: ReadonlyArray<string>, issues: ReadonlyArray<Issue>): ReadonlyArray<Issue> =>
  issues.map(({ path, message }) => ({ path: [...prefix, ...path], message }))

/** Checks all settings of a connector against the connector's own schemas. Returns all mistakes at once. */
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
    secretNames: [
      ...new Set([...Object.keys(raw.secrets), ...accounts.flatMap(({ secrets }) => Object.keys(secrets))])
    ].toSorted(),
    structure: definition.structureOf?.(settings.success) ?? {},
    variants: new Map(
      identities.flatMap(({ alias, settings: account, routes }) => {
        const variant = definition.variantOf?.(settings.success, account) ?? onlyVariant
        return [alias, ...routes.map((route) => route.account)].map((one): [string, string] => [one, variant])
      })
    ),
    bind: (read, digest) =>
      Effect.map(
        Effect.forEach(secretRefs, (ref) => Effect.map(read(ref), (reader) => [ref, reader] as const)),
        (readers) =>
          channelOf({
            definition,
            settings: settings.success,
            connectorRefs: raw.secrets,
            identities,
            enabled,
            readers: new Map(readers),
            digest
          })
      )
  })
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
