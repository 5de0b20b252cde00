import * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { Alias, Aliases, AliasQuestion, Answered } from "../../partition/aliases.ts"
import type { Item, ItemPerson } from "./normalize.ts"

/** Milliseconds after which an alias is learned again: the store may have lost it, or an operator erased the person. */
const cachedMs = 600_000
/** Aliases in the cache. Above this number the oldest one is removed. */
const maxAliases = 50_000

/**
 * Cache of the aliases that this process has learned, so that most items need no read of the store. It names people and must
 * never be printed.
 */
interface KnownAliases {
  /** Returns true when the alias was learned as this id, and not too long ago. */
  readonly has: (alias: string, id: string, now: number) => boolean
  readonly add: (alias: string, id: string, now: number) => void
  readonly clear: () => void
}

export const knownAliases = (): KnownAliases => {
  const known = new Map<string, { readonly id: string; readonly until: number }>()
  return {
    has: (alias, id, now) => {
      const one = known.get(alias)
      return one !== undefined && one.id === id && now < one.until
    },
    add: (alias, id, now) => {
      known.delete(alias)
      known.set(alias, { id, until: now + cachedMs })
      if (known.size <= maxAliases) return
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    },
    clear: () => known.clear()
  }
}

/** Finds the conversation of each item of a webhook, with the aliases in the store. */
interface AliasResolver {
  /** Returns the aliases that the items show and this process has not learned. Nearly every webhook has none. */
  readonly unknownAliases: (items: ReadonlyArray<Item>) => ReadonlyArray<NewAlias>
  /** Writes aliases to the store, then adds them to the cache. */
  readonly saveLearned: (learning: ReadonlyArray<NewAlias>) => Effect.Effect<void, InfraError>
  /** Returns true when `resolve` must read the store for one of the items. */
  readonly needsStore: (items: ReadonlyArray<Item>) => boolean
  /** Returns the items in their order, each with its conversation. */
  readonly resolve: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyArray<Item>, InfraError>
}

/** Aliases in one call of the store. */
const pageSize = 256

const piecesOf = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / pageSize) }, (_, at) => all.slice(at * pageSize, (at + 1) * pageSize))

/** Returns the last entry of each alias. */
const lastOf = (learning: ReadonlyArray<NewAlias>): ReadonlyArray<Alias> => [
  ...new Map(learning.map((one) => [one.alias, one])).values()
]

interface NewAlias extends Alias {
  /** Key of the alias in the cache of this process. */
  readonly name: string
  readonly id: string
}

/** Makes the resolver. `mayHaveFormerMarks` returns true while marks of the former identity rule may exist (G12). */
export const aliasResolver = (
  aliases: Aliases["Service"],
  known: KnownAliases,
  now: () => number,
  mayHaveFormerMarks: () => boolean
): AliasResolver => {
  const questionsOf = (person: ItemPerson): ReadonlyArray<AliasQuestion> => {
    const { mayBeAlias, formerly } = person.decoded
    return [
      ...(formerly !== undefined && mayHaveFormerMarks()
        ? [{ conversation: person.conversationOf(formerly), key: person.key }]
        : []),
      ...(mayBeAlias === true ? [{ conversation: person.conversation, key: person.key }] : [])
    ]
  }

  const place = (
    item: Item,
    person: ItemPerson,
    answers: ReadonlyMap<AliasQuestion, Answered>,
    questions: ReadonlyArray<AliasQuestion>
  ): Item => {
    const former = questions.find((question) => answers.get(question)?.admitted === true)
    if (former !== undefined) return person.moveTo(former.conversation)
    if (person.decoded.mayBeAlias !== true) return item
    const found = questions.map((question) =>
      question.conversation === person.conversation ? answers.get(question)?.conversation : undefined
    )
    return person.moveTo(found.find((one) => one !== undefined) ?? person.conversation)
  }

  return {
    unknownAliases: (items) =>
      items.flatMap(({ person }): ReadonlyArray<NewAlias> => {
        const pair = person?.decoded.learned
        if (person === undefined || pair === undefined) return []
        const name = `${person.of} ${pair.alias}`
        if (known.has(name, pair.id, now())) return []
        const alias = person.conversationOf(pair.alias)
        return [{ name, id: pair.id, alias, conversation: person.conversationOf(pair.id) }]
      }),
    saveLearned: (learning) =>
      Effect.map(Effect.forEach(piecesOf(lastOf(learning)), aliases.learn, { discard: true }), () => {
        for (const { name, id } of learning) known.add(name, id, now())
      }),
    needsStore: (items) =>
      items.some(
        ({ person }) =>
          person !== undefined &&
          (person.decoded.mayBeAlias === true || (person.decoded.formerly !== undefined && mayHaveFormerMarks()))
      ),
    resolve: Effect.fnUntraced(function* (items) {
      const questions = items.map(({ person }) => (person === undefined ? [] : questionsOf(person)))
      const all = questions.flat()
      const answered = (yield* Effect.forEach(piecesOf(all), aliases.find)).flat()
      const answers = new Map(all.map((question, at) => [question, answered[at] ?? { admitted: false }]))
      const old = all.flatMap(({ conversation: alias }, at): ReadonlyArray<Alias> => {
        const one = answered[at]
        return one?.old === true && one.conversation !== undefined ? [{ alias, conversation: one.conversation }] : []
      })
      if (old.length > 0) yield* aliases.learn(old)
      return items.map((item, at) =>
        item.person === undefined ? item : place(item, item.person, answers, questions[at] ?? [])
      )
    })
  }
}
