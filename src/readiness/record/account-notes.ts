import type { Channel, ChannelAccount } from "../../connector/channel.ts"
import { accountHashOf } from "../../identity/derive.ts"
import type { FactSource, Note, Recorder } from "../../gate/evidence/recorder.ts"
import type { Acknowledged, ConfiguredChannel } from "../../gate/policy/configured.ts"
import type { PolicyRow } from "../../gate/policy/policy.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import { type EvidenceScopes, scopeFor } from "./scopes.ts"

/** Subject of a fact: a variant of a connector. */
export interface NoteSubject {
  readonly connector: string
  readonly variant: string
  readonly genuine: boolean
  /** Keyed hash of the account. */
  readonly hash?: string
}

/** Makes the functions that note facts. Returns one that does nothing for a row that the configuration does not have. */
export interface NoteMaker {
  readonly traffic: (row: string, subject: NoteSubject) => Note
  readonly boot: (row: string, subject: NoteSubject) => Note
}

const ignored: Note = () => undefined

/** Subject of a fact about the whole process. */
export const wholeProcess: NoteSubject = { connector: "", variant: "", genuine: false }

export const noteMaker = (
  { source }: Recorder["Service"],
  {
    rows,
    scopes,
    boot
  }: { readonly rows: ReadonlyArray<PolicyRow>; readonly scopes: EvidenceScopes; readonly boot: string }
): NoteMaker => {
  const proofs = rows.flatMap((row) => row.proofs)
  const made = (id: string, by: FactSource["by"], subject: NoteSubject): Note => {
    const proof = proofs.find((one) => one.id === id && one.by.some(({ kind }) => kind === by.kind))
    const scope = proof === undefined ? undefined : scopeFor(scopes, proof, subject)
    if (proof === undefined || scope === undefined) return ignored
    const { genuine, hash } = subject
    return source({
      row: id,
      scope,
      by,
      genuine: proof.genuine && genuine,
      ...(proof.account && hash !== undefined ? { account: hash } : {})
    })
  }
  return {
    traffic: (row, subject) => made(row, { kind: "traffic" }, subject),
    boot: (row, subject) => made(row, { kind: "boot", boot }, subject)
  }
}

/** Time in milliseconds before which a follow-up is not made again. */
export interface Turn {
  next: number
}

/** Notes about one capability of an account. */
export interface CapabilityNotes {
  readonly acknowledged: Acknowledged
  readonly note: Note
  readonly turn: Turn
  /** Turn of what may show a failure, which is looked for also while the fact was shown a moment ago. */
  readonly failureTurn: Turn
  /** Answers with an id, or where no id is expected, answers. */
  answers: number
}

/** Notes about one configured account. */
export interface AccountNotes extends NoteSubject {
  readonly hash: string
  readonly alias: string
  readonly channel: Channel
  readonly account: ChannelAccount
  /** Capabilities by the id that records have: `whatsapp.text`. */
  readonly capabilities: ReadonlyMap<string, CapabilityNotes>
  readonly inbound: Note
  readonly inboundTurn: Turn
  readonly echoTurn: Turn
  readonly handshake: Note
  readonly refused: Note
  readonly mediaUp: Note
  readonly mediaDown: Note
  readonly rotation: Note
  readonly paths: Readonly<Record<"call" | "upload" | "download" | "read-back" | "echo", Note>>
  readonly deduped: Note
  readonly secondIds: Note
  readonly counts: Counts
}

/** Numbers of what this process has seen of an account. */
interface Counts {
  calls: number
  intents: number
  refused: number
  failed: number
  uploads: number
  downloads: number
  deduped: number
}

export interface AccountNotesOptions {
  readonly maker: NoteMaker
  readonly channels: ReadonlyMap<string, Channel>
  readonly configured: ReadonlyArray<ConfiguredChannel>
  readonly variantOf: (connector: string, account: string) => string | undefined
  readonly isGenuine: (connector: string) => boolean
  readonly hash: IdHash["Service"]
}

const turn = (): Turn => ({ next: 0 })

/** Prepares the notes of every configured account, so that a message only changes numbers. */
export const accountNotes = (options: AccountNotesOptions): ReadonlyArray<AccountNotes> => {
  const { maker, channels, configured, variantOf, isGenuine, hash } = options
  return [...channels.values()].flatMap((channel) =>
    [...channel.accounts.values()].flatMap((account): ReadonlyArray<AccountNotes> => {
      const variant = variantOf(channel.id, account.id)
      const found = configured.find((one) => one.connector === channel.id && one.variant === variant)
      if (variant === undefined || found === undefined) return []
      const subject = {
        connector: channel.id,
        variant,
        genuine: isGenuine(channel.id),
        hash: accountHashOf(hash, { channel, account })
      }
      const of = (row: string) => maker.traffic(row, subject)
      const below = (what: string) => of(`3.2:${channel.id}.${what}`)
      return [
        {
          ...subject,
          alias: account.id,
          channel,
          account,
          capabilities: new Map(
            found.capabilities.flatMap(({ id, acknowledged }) =>
              acknowledged === undefined
                ? []
                : [
                    [
                      `${channel.id}.${id}`,
                      { acknowledged, note: below(id), turn: turn(), failureTurn: turn(), answers: 0 }
                    ] as const
                  ]
            )
          ),
          inbound: below("inbound"),
          inboundTurn: turn(),
          echoTurn: turn(),
          handshake: of("2.1.1"),
          refused: of("3.3.2#4xx"),
          mediaUp: below("media.up"),
          mediaDown: below("media.down"),
          rotation: of("1.2.3"),
          paths: {
            call: below("path.call"),
            upload: below("path.upload"),
            download: below("path.download"),
            "read-back": below("path.read-back"),
            echo: below("path.echo")
          },
          deduped: of("2.2.3"),
          secondIds: of("3.1.2#traffic"),
          counts: { calls: 0, intents: 0, refused: 0, failed: 0, uploads: 0, downloads: 0, deduped: 0 }
        }
      ]
    })
  )
}
