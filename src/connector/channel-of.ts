import * as Result from "effect/Result"
import type { FailureReport } from "../domain/failure.ts"
import { AccountId, CapabilityId, ConnectorId, ProviderAccountId } from "../domain/ids.ts"
import { plainWord } from "../domain/shown.ts"
import type { AccountContext } from "./account-context.ts"
import type { Capability, Ready } from "./capability.ts"
import type { Channel, ChannelAccount, ChannelCapability, ChannelMedia, Prepared, SecretReader } from "./channel.ts"
import { closeProbe } from "./probe.ts"
import { confirmationOf } from "./confirm-inbound.ts"
import type { Definition, Route } from "./definition.ts"
import type { ErrorRow } from "./error-table.ts"
import type { Digest } from "./inbound.ts"
import type { Media } from "./media.ts"
import { likenessOf } from "./proof.ts"
import { formerSignerOf, signersOf, verifierOf } from "./signers.ts"

/** One account of the operator's file, and the routes of its events. */
export interface Identity<Account> {
  readonly alias: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Account
  readonly routes: readonly [Route, ...ReadonlyArray<Route>]
}

/** A connector as configured, and the readers of its secrets. */
export interface ConfiguredConnector<Settings, Account> {
  readonly definition: Definition<Settings, Account>
  readonly settings: Settings
  /** References of the secrets by the names that the connector declares. */
  readonly connectorRefs: Readonly<Record<string, string>>
  readonly identities: ReadonlyArray<Identity<Account>>
  readonly enabled: ReadonlyArray<Capability<Settings, Account>>
  /** Readers of the secrets by reference. */
  readonly readers: ReadonlyMap<string, SecretReader>
  readonly digest: Digest
}

/** Returns the channel of a connector whose secrets are read. */
export const channelOf = <Settings, Account>({
  definition,
  settings,
  connectorRefs,
  identities,
  enabled,
  readers,
  digest
}: ConfiguredConnector<Settings, Account>): Channel => {
  const { confirmInbound, inbound, media, probe } = definition
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
    ...(capability.acknowledged === undefined ? {} : { acknowledged: capability.acknowledged }),
    limits: definition.limits?.(context.account, capability.id) ?? [],
    prepare: (input, to) =>
      Result.map(capability.prepare(input, to), ({ perform, find, namedEvent, ...looks }) => ({
        ...(namedEvent === undefined ? {} : { namedEvent }),
        perform: (callbackData) => perform({ ...context, callbackData }),
        ...(find === undefined ? {} : { find: (since) => find({ ...context, since }) }),
        ...looksOf(definition, capability, { ...looks, isReadBack: find !== undefined })
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
  const routes: Channel["routes"] = new Map(
    identities.flatMap((identity) =>
      identity.routes.map(({ account, providerAccount }) => [
        providerAccount,
        { account: AccountId.make(account), providerAccount: ProviderAccountId.make(providerAccount) }
      ])
    )
  )
  const isOurs = (providerAccount: string) => routes.has(providerAccount)
  return {
    id: ConnectorId.make(definition.id),
    version: definition.version,
    routes,
    handshake: (query, digest) => inbound.handshake(query, candidates(inbound.handshakeSecret), digest),
    verify: verifierOf(inbound.verify, signers),
    isSignedFormerly: formerSignerOf(inbound.verify, signers),
    decode: (body) => inbound.decode(body, isOurs),
    accounts: new Map(
      identities.map((identity): [string, ChannelAccount] => {
        const context = contextOf(identity)
        const secretRefs = [...Object.values(connectorRefs), ...Object.values(identity.secrets)]
        const secretReaders = secretRefs.map((ref) => pick(readers, ref))
        const account: ChannelAccount = {
          id: AccountId.make(identity.alias),
          providerAccount: ProviderAccountId.make(identity.routes[0].providerAccount),
          capabilities: new Map(enabled.map((one) => [one.id, toCapability(one, context)])),
          secretRefs,
          ...appIdOf(definition.echoes?.appId?.(settings, identity.settings)),
          ...(media === undefined ? {} : { media: mediaOf(media, context) }),
          ...(confirmInbound === undefined ? {} : { confirmInbound: confirmationOf(confirmInbound, context) }),
          ...(probe === undefined ? {} : { probe: closeProbe(probe, context) }),
          credentials: () => secretReaders.map((reader) => reader.current())
        }
        return [identity.alias, account]
      })
    ),
    ...(definition.echoes === undefined ? {} : { readEcho: definition.echoes.read }),
    recipientOf: definition.recipientOf ?? ((to) => to),
    ...(definition.conversationOf === undefined ? {} : { conversationOf: definition.conversationOf }),
    throttleSeconds: definition.throttleSeconds ?? (() => 0),
    isOwnAnswer: definition.isOwnAnswer ?? (() => true),
    explain: inbound.explain ?? (() => undefined),
    failureOf: (code) =>
      reportedFailure(
        definition.errors.find((row) => row.code === code),
        code
      )
  }
}

const appIdOf = (appId: string | undefined): Pick<ChannelAccount, "appId"> => (appId === undefined ? {} : { appId })

interface Looks extends Pick<Ready<never, never>, "isEcho" | "traits"> {
  readonly isReadBack: boolean
}

/**
 * Returns the traits of a message. They are empty, so any echo may match, where the capability declares none and the connector
 * compares echoes by content (G49).
 */
const looksOf = <Settings, Account>(
  { echoes, capabilities }: Definition<Settings, Account>,
  { proof, saysTraits }: Capability<Settings, Account>,
  { isEcho, traits, isReadBack }: Looks
): Pick<Prepared, "isEcho" | "traits"> => {
  if (traits === undefined) {
    if (isEcho !== undefined) return { isEcho }
    const isCompared = echoes !== undefined || capabilities.some(({ tellsEcho }) => tellsEcho === true)
    return isCompared && saysTraits !== true && !isReadBack ? { traits: {} } : {}
  }
  if (isEcho !== undefined) return { traits, isEcho }
  if (echoes === undefined || proof !== "message-echo") return { traits }
  return { traits, isEcho: (echo) => likenessOf(traits, echoes.read(echo).traits) === "same" }
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
  code: code === undefined || plainWord(code) !== code ? "failed" : code,
  certainty: "not_applied",
  transient: false,
  detail: row?.meaning ?? "the provider reports that it failed"
})

const pick = (readers: ReadonlyMap<string, SecretReader>, ref: string | undefined): SecretReader => {
  const reader = readers.get(ref ?? "")
  // A connector that reads a name it did not declare has a defect of its own; the operator cannot cause it.
  if (reader === undefined) throw new TypeError("the connector asks for a secret that it did not declare")
  return reader
}
