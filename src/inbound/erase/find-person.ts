import * as Effect from "effect/Effect"
import { accountRefs } from "../../outbound/accounts/account-states.ts"
import type { ConversationId } from "../../domain/ids.ts"
import { conversationIdOf, laneOfConversation, laneOfRecipient, recipientOf } from "../../identity/derive.ts"
import { Accounts } from "../../outbound/accounts/accounts.ts"
import type { StoredIntent } from "../../outbound/ledger/intent-ledger.ts"
import { Aliases } from "../../partition/aliases.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { Sealer, type Unreadable } from "../../secrets/sealer.ts"
import type { Collection } from "../event-log/event-admin.ts"
import type { ErasureRequest } from "./person.ts"
import { quarantineHeadOf } from "../event-log/quarantine-codec.ts"
import { decodeHeader } from "../event-log/event-codec.ts"
import { headOfReply } from "../replies/replies.ts"

/** Result of a search in one record. `unreadable`: it cannot be openAndSearch, and may name the person. */
export type Found = "named" | "other" | "unreadable"

/** Owner of a record, from the part that is not sealed. */
interface RecordOwner {
  readonly connector: string
  readonly account?: string | undefined
  readonly conversation?: string
}

/** Returns the owner of a record. Returns `undefined` when it cannot be read. */
const ownerOf = (collection: Collection, record: string): RecordOwner | undefined => {
  if (collection === "replies") return headOfReply(record)
  if (collection !== "quarantine") return decodeHeader(record)
  const head = quarantineHeadOf(record)
  return head === undefined ? undefined : { connector: head.con }
}

/** Makes a finder of a person's records: by keyed hashes of the person's conversations and lanes, and by the content. */
export const finderOf = Effect.fnUntraced(function* ({ channel, account, person }: ErasureRequest) {
  const hash = yield* IdHash
  const sealer = yield* Sealer
  const accounts = yield* Accounts
  const refOf = accountRefs(hash)
  const own = [...channel.accounts.values()].filter(({ id }) => account === undefined || id === account)
  const conversations = new Set<string>()
  const ownConversations: Array<ConversationId> = []
  for (const one of own) {
    for (const form of person.forms) {
      ownConversations.push(conversationIdOf(hash, { channel, account: one }, form))
      conversations.add(laneOfRecipient(hash, { channel, account: one }, form))
    }
  }

  const aliases = yield* Aliases
  const known = yield* aliases.related(ownConversations)
  for (const one of known) conversations.add(one).add(laneOfConversation(hash, one))

  const mayBeOfPerson = (owner: RecordOwner) =>
    owner.connector === channel.id &&
    (account === undefined || owner.account === undefined || owner.account === account)

  const openAndSearch = (record: string): Effect.Effect<Found> =>
    record.includes("\n")
      ? sealer.open(record.slice(record.lastIndexOf("\n") + 1)).pipe(
          Effect.match({
            onSuccess: (text): Found => (person.isNamedIn(text) ? "named" : "other"),
            onFailure: (_: Unreadable): Found => "unreadable"
          })
        )
      : Effect.succeed("other")

  return {
    inRecord: (collection: Collection, record: string): Effect.Effect<Found> => {
      const owner = ownerOf(collection, record)
      if (owner === undefined) return record === "" ? Effect.succeed("other") : openAndSearch(record)
      if (!mayBeOfPerson(owner)) return Effect.succeed("other")
      return conversations.has(owner.conversation ?? "") ? Effect.succeed("named") : openAndSearch(record)
    },
    inIntent: ({ connector, account: alias, lane = "", says }: StoredIntent): Found => {
      if (connector !== undefined && !mayBeOfPerson({ connector, account: alias })) return "other"
      if (conversations.has(lane)) return "named"
      if (says === undefined) return "unreadable"
      return person.isNamedIn(says) ? "named" : "other"
    },
    /** Deletes the aliases of the person's conversations, so that an id of one no longer finds another. */
    forgetAliases: aliases.forget(known),
    /** Deletes the holds and limits of the recipient. Returns how many there were. */
    forgetRecipient: Effect.map(
      Effect.forEach(own, (one) => {
        const recipients = person.forms.map((form) => recipientOf(hash, { channel, account: one }, form))
        const names = [...one.capabilities.values()].flatMap(({ limits }) => limits.map(({ name }) => name))
        return accounts.forget(refOf(channel, one).account, [...new Set(recipients)], [...new Set(names)])
      }),
      (counts) => counts.reduce((sum, count) => sum + count, 0)
    )
  }
})

export type Finder = Effect.Success<ReturnType<typeof finderOf>>
