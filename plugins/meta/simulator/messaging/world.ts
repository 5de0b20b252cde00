import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/** A public reply. `at` in milliseconds since the epoch. */
export interface Reply {
  readonly id: string
  readonly text: string
  readonly at: number
  readonly username: string
}

/** A comment under the account's media. */
export interface Comment {
  readonly from: string
  readonly at: number
  readonly hidden: boolean
  /** True once it was answered in private, which is possible once (META 5.3). */
  readonly answered: boolean
  readonly replies: ReadonlyArray<Reply>
}

/** A message of either side of a conversation. `at` in milliseconds since the epoch. */
interface Spoken {
  readonly id: string
  readonly at: number
}

/** Most messages of one conversation that are remembered. */
const mostSpoken = 1000

/**
 * Memory of the provider: the last message of each person, the messages of each conversation, the newest first, and the
 * comments. Keys begin with the account's id.
 */
export interface World {
  readonly wrote: Ref.Ref<HashMap.HashMap<string, number>>
  readonly spoken: Ref.Ref<HashMap.HashMap<string, ReadonlyArray<Spoken>>>
  readonly comments: Ref.Ref<HashMap.HashMap<string, Comment>>
}

export const makeWorld: Effect.Effect<World> = Effect.all({
  wrote: Ref.make(HashMap.empty<string, number>()),
  spoken: Ref.make(HashMap.empty<string, ReadonlyArray<Spoken>>()),
  comments: Ref.make(HashMap.empty<string, Comment>())
})

const keyOf = (account: string, id: string) => `${account}/${id}`

export const personWrote = (world: World, account: string, person: string, at: number) =>
  Ref.update(world.wrote, HashMap.set(keyOf(account, person), at))

export const messageSpoken = (world: World, account: string, person: string, message: Spoken) =>
  Ref.update(world.spoken, (spoken) => {
    const before = Option.getOrElse(HashMap.get(spoken, keyOf(account, person)), (): ReadonlyArray<Spoken> => [])
    return HashMap.set(spoken, keyOf(account, person), [message, ...before].slice(0, mostSpoken))
  })

/** Returns the messages of a conversation, the newest first. Returns `undefined` when there is none. */
export const spokenWith = (world: World, account: string, person: string) =>
  Effect.map(Ref.get(world.spoken), (spoken) => Option.getOrUndefined(HashMap.get(spoken, keyOf(account, person))))

export const commentWritten = (world: World, account: string, id: string, from: string, at: number) => {
  const comment: Comment = { from, at, hidden: false, answered: false, replies: [] }
  return Ref.update(world.comments, HashMap.set(keyOf(account, id), comment))
}

const day = 86_400_000

/** Returns true within 24 hours of the person's last message; within 7 days for a person of the business (META 5.3). */
export const mayWrite = (world: World, account: string, person: string, byHuman: boolean, now: number) =>
  Effect.map(Ref.get(world.wrote), (wrote) =>
    Option.match(HashMap.get(wrote, keyOf(account, person)), {
      onNone: () => false,
      onSome: (at) => now - at < (byHuman ? 7 * day : day)
    })
  )

export const commentOf = (world: World, account: string, id: string) =>
  Effect.map(Ref.get(world.comments), (comments) => Option.getOrUndefined(HashMap.get(comments, keyOf(account, id))))

export const changeComment = (world: World, account: string, id: string, change: (before: Comment) => Comment) =>
  Ref.update(world.comments, HashMap.modify(keyOf(account, id), change))

export const deleteComment = (world: World, account: string, id: string) =>
  Ref.update(world.comments, HashMap.remove(keyOf(account, id)))

/**
 * Marks a comment as answered: possible once, within 7 days. Returns its author, or `undefined` when it is too late
 * (META 5.3).
 */
export const answerOnce = (world: World, account: string, id: string, now: number) =>
  Ref.modify(world.comments, (comments): [string | undefined, HashMap.HashMap<string, Comment>] => {
    const key = keyOf(account, id)
    const comment = Option.getOrUndefined(HashMap.get(comments, key))
    if (comment === undefined || comment.answered || now - comment.at >= 7 * day) return [undefined, comments]
    return [comment.from, HashMap.set(comments, key, { ...comment, answered: true })]
  })
