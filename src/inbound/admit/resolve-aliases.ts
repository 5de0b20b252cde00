import * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { Alias, Aliases, Answered, AliasQuestion } from "../../partition/aliases.ts"
import type { Item, ItemPerson } from "./normalize.ts"
import type { KnownAliases } from "./known-aliases.ts"

/** Whose conversation each item of a webhook is of, as far as the store must be asked. */
export interface Ordering {
  /** What is to be learned first; empty for nearly every webhook. */
  readonly learn: (items: ReadonlyArray<Item>) => ReadonlyArray<Learning>
  readonly learned: (learning: ReadonlyArray<Learning>) => Effect.Effect<void, InfraError>
  readonly isAsked: (items: ReadonlyArray<Item>) => boolean
  /** Returns each item in its place. */
  readonly placed: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyArray<Item>, InfraError>
}

/** Aliases that one script looks at. */
const atOnce = 256

const piecesOf = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / atOnce) }, (_, at) => all.slice(at * atOnce, (at + 1) * atOnce))

/** Returns the last one of each alias. */
const lastOf = (learning: ReadonlyArray<Learning>): ReadonlyArray<Alias> => [
  ...new Map(learning.map((one) => [one.alias, one])).values()
]

interface Learning extends Alias {
  /** As the cache of this process knows it. */
  readonly name: string
  readonly id: string
}

/** `isLate`: marks of the rule before this version may still be alive (G12). */
export const orderingOf = (
  aliases: Aliases["Service"],
  known: KnownAliases,
  now: () => number,
  isLate: () => boolean
): Ordering => {
  const asksOf = (person: ItemPerson): ReadonlyArray<AliasQuestion> => {
    const { mayBeAlias, formerly } = person.decoded
    return [
      ...(formerly !== undefined && isLate()
        ? [{ conversation: person.conversationOf(formerly), key: person.key }]
        : []),
      ...(mayBeAlias === true ? [{ conversation: person.conversation, key: person.key }] : [])
    ]
  }

  const place = (
    item: Item,
    person: ItemPerson,
    answers: ReadonlyMap<AliasQuestion, Answered>,
    asks: ReadonlyArray<AliasQuestion>
  ): Item => {
    const before = asks.find((ask) => answers.get(ask)?.admitted === true)
    if (before !== undefined) return person.moveTo(before.conversation)
    if (person.decoded.mayBeAlias !== true) return item
    const found = asks.map((ask) =>
      ask.conversation === person.conversation ? answers.get(ask)?.conversation : undefined
    )
    return person.moveTo(found.find((one) => one !== undefined) ?? person.conversation)
  }

  return {
    learn: (items) =>
      items.flatMap(({ person }): ReadonlyArray<Learning> => {
        const pair = person?.decoded.learned
        if (person === undefined || pair === undefined) return []
        const name = `${person.of} ${pair.alias}`
        if (known.has(name, pair.id, now())) return []
        const alias = person.conversationOf(pair.alias)
        return [{ name, id: pair.id, alias, conversation: person.conversationOf(pair.id) }]
      }),
    learned: (learning) =>
      Effect.map(Effect.forEach(piecesOf(lastOf(learning)), aliases.learn, { discard: true }), () => {
        for (const { name, id } of learning) known.add(name, id, now())
      }),
    isAsked: (items) =>
      items.some(
        ({ person }) =>
          person !== undefined &&
          (person.decoded.mayBeAlias === true || (person.decoded.formerly !== undefined && isLate()))
      ),
    placed: Effect.fnUntraced(function* (items) {
      const asked = items.map(({ person }) => (person === undefined ? [] : asksOf(person)))
      const all = asked.flat()
      const answered = (yield* Effect.forEach(piecesOf(all), aliases.find)).flat()
      const answers = new Map(all.map((ask, at) => [ask, answered[at] ?? { admitted: false }]))
      const old = all.flatMap(({ conversation: alias }, at): ReadonlyArray<Alias> => {
        const one = answered[at]
        return one?.old === true && one.conversation !== undefined ? [{ alias, conversation: one.conversation }] : []
      })
      if (old.length > 0) yield* aliases.learn(old)
      return items.map((item, at) =>
        item.person === undefined ? item : place(item, item.person, answers, asked[at] ?? [])
      )
    })
  }
}
