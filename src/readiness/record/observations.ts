import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ChannelAccount } from "../../connector/channel.ts"
import type { Observations, ProbedAccount } from "../../observe/observe.ts"
import { isCredentialRefused } from "../../outbound/send/refresh-credentials.ts"
import type { AccountNotes, NoteMaker } from "./account-notes.ts"
import type { FollowUps } from "./follow-ups.ts"
import { makeInboundFacts } from "./inbound-facts.ts"
import { keepNewest } from "./keep-newest.ts"
import type { MemoKeeper } from "./memo-keeper.ts"
import { makeOutboundFacts } from "./outbound-facts.ts"
import type { Rotations } from "./rotations.ts"

/** Most uploaded media that wait to be used in a message, and most intents that have used one. */
const mostUploads = 64

export interface ObservationOptions {
  readonly accounts: ReadonlyArray<AccountNotes>
  readonly maker: NoteMaker
  readonly followUps: FollowUps
  readonly rotations: Rotations
  readonly memo: MemoKeeper
}

/** Notes what the probes of all accounts of a connector said. An unknown result proves nothing, and refutes nothing. */
const probeNotes = ({ accounts, maker, memo }: ObservationOptions) => {
  const keyOf = (connector: string, variant: string): string => `${connector} ${variant}`
  const noteOf = new Map(
    accounts.map((one) => [keyOf(one.connector, one.variant), maker.boot("1.1.3#probe", one)] as const)
  )
  return (probed: ReadonlyArray<ProbedAccount>, now: number) => {
    const results = new Map(probed.map((one) => [`${one.connector} ${one.account}`, one.result]))
    const found = accounts.flatMap(({ connector, alias, variant, hash }) => {
      const result = results.get(`${connector} ${alias}`)
      return result === undefined ? [] : [{ key: keyOf(connector, variant), connector, variant, hash, result }]
    })
    const isProven = ({ result }: { readonly result: ProbedAccount["result"] }) => result === "proven"
    const learnt = found.filter(isProven).map(({ hash, connector, variant }) => [hash, { connector, variant, at: now }])
    memo.learn({ accounts: Object.fromEntries(learnt) })
    for (const [key, all] of Map.groupBy(found, (one) => one.key)) {
      const proven = all.filter(isProven)
      const facts = { accounts: all.length, proven: proven.length }
      if (proven.length === all.length) noteOf.get(key)?.("pass", facts)
      else if (all.some(({ result }) => result === "refused")) noteOf.get(key)?.("fail", facts)
    }
  }
}

/** Makes the observations that become evidence. What a message brings is a lookup and a few numbers. */
export const makeObservations = Effect.fnUntraced(function* (options: ObservationOptions) {
  const { accounts, followUps, rotations, memo } = options
  const clock = yield* Clock.Clock
  const byAccount = new Map<ChannelAccount, AccountNotes>(accounts.map((one) => [one.account, one]))
  const byAlias = new Map(
    [...Map.groupBy(accounts, ({ connector }) => connector)].map(
      ([connector, of]) => [connector, new Map(of.map((one) => [one.alias, one]))] as const
    )
  )
  const find = (connector: string, account: string) => byAlias.get(connector)?.get(account)
  const outbound = yield* makeOutboundFacts({ followUps })
  const inbound = yield* makeInboundFacts({ followUps, rotations, handshakeOf: memo.handshakeOf })
  const probed = probeNotes(options)
  /** Uploaded media by their id, and intents that have sent one. */
  const uploads = new Map<string, AccountNotes>()
  const usedUploads = new Map<string, AccountNotes>()

  const findUploads = (intentId: string, request: string) => {
    for (const [id, account] of uploads) {
      if (!request.includes(`"${id}"`)) continue
      uploads.delete(id)
      usedUploads.set(intentId, account)
      keepNewest(usedUploads, mostUploads)
    }
  }

  return {
    handshakeAnswered: (connector) => memo.learn({ handshakes: { [connector]: clock.currentTimeMillisUnsafe() } }),
    webhookVerified: (_, secret) => {
      if (rotations.isPending()) rotations.verified(secret, clock.currentTimeMillisUnsafe())
    },
    webhookRefused: (channel, webhook) => {
      if (rotations.isPending()) rotations.refused(channel, webhook)
    },
    itemDeduped: inbound.deduped,
    eventAcknowledged: (event) => {
      const account = find(event.connector, event.account)
      if (account !== undefined) inbound.acknowledged(account, event)
    },
    callEnded: (call) => {
      const account = byAccount.get(call.account)
      if (account === undefined) return
      if (Result.isFailure(call.ended)) {
        if (rotations.isPending() && isCredentialRefused(call.ended.failure))
          rotations.called(account, call.credentials, false)
        return outbound.refused(account, call)
      }
      account.paths.call("pass", { acknowledged: (account.counts.calls += 1) })
      if (rotations.isPending()) rotations.called(account, call.credentials, true)
      const capability = account.capabilities.get(call.capability.id)
      if (capability === undefined) return
      if (uploads.size > 0) findUploads(call.intentId, call.request())
      outbound.accepted(account, capability, call)
      if (call.prepared.namedEvent !== undefined) inbound.named(account, capability, call)
    },
    evidenceApplied: (record, evidence, event) => {
      const account = find(record.connector, record.account)
      const capability = account?.capabilities.get(record.capabilityId)
      if (account === undefined || capability === undefined) return
      const isDelivered = outbound.matched(account, capability, record, evidence, event)
      if (isDelivered && usedUploads.delete(record.intentId))
        account.mediaUp("pass", { uploads: account.counts.uploads, used_in_delivered: 1 })
      if (rotations.isPending()) rotations.genuineEvent(account, event.occurredAt)
    },
    statusWithoutData: (event) => {
      const account = find(event.connector, event.account)
      if (account !== undefined) outbound.statusWithoutData(account, event)
    },
    receiptEchoed: (owner, event) => {
      const account = find(event.connector, event.account)
      if (account !== undefined) outbound.echoed(account, owner)
    },
    mediumUploaded: (connector, alias, id) => {
      const account = find(connector, alias)
      if (account === undefined) return
      account.counts.uploads += 1
      account.paths.upload("pass", { acknowledged: account.counts.uploads })
      uploads.set(id, account)
      keepNewest(uploads, mostUploads)
    },
    mediumDownloaded: (connector, alias, differs) => {
      const account = find(connector, alias)
      if (account === undefined) return
      const downloads = (account.counts.downloads += 1)
      account.mediaDown(differs ? "fail" : "pass", { downloads, differing: differs ? 1 : 0 })
      if (!differs) account.paths.download("pass", { acknowledged: downloads })
    },
    accountsProbed: (all) => probed(all, clock.currentTimeMillisUnsafe())
  } satisfies Observations
})
