import type { Delivery, Changes } from "./changes.ts"

/** Progress of a message, as ticks show it. */
export type Reach = "waiting" | "sent" | "delivered" | "read" | "failed"

export interface Bubble {
  readonly key: string
  readonly at: number
  readonly mine: boolean
  readonly text: string
  /** Type of the message; shown when it has no text. */
  readonly type: string
  readonly reach: Reach
}

const order: ReadonlyArray<Reach> = ["waiting", "sent", "delivered", "read"]

export const bare = (person: string) => person.trim().replace(/^\+/, "")

const furthest = (statuses: ReadonlyArray<string>): Reach => {
  if (statuses.includes("status.failed")) return "failed"
  if (statuses.length === 1 && statuses[0] === "echo") return "sent"
  return order.findLast((reach) => statuses.includes(`status.${reach}`)) ?? "waiting"
}

/** Returns `delivered` for the customer's own message once the gateway has answered its webhook with 200. */
const reachOf = (attempts: ReadonlyArray<Delivery>): Reach =>
  attempts.some(({ status }) => status === 200) ? "delivered" : "sent"

/** Returns the messages on one person's phone, oldest first. */
export const conversation = ({ effects, deliveries }: Changes, person: string): ReadonlyArray<Bubble> => {
  const about = Map.groupBy(deliveries, ({ messageId }) => messageId)
  const mine = deliveries.flatMap(({ said, messageId, at, attempt }, index): ReadonlyArray<Bubble> => {
    const known = deliveries.findIndex((one) => one.said !== undefined && one.messageId === messageId)
    if (said === undefined || attempt > 1 || known !== index || bare(said.from) !== bare(person)) return []
    const attempts = (about.get(messageId) ?? []).filter(({ kind }) => kind === "message")
    return [{ key: messageId, at, mine: true, text: said.text, type: "text", reach: reachOf(attempts) }]
  })
  const theirs = effects.flatMap(({ to, at, messageId, text, type }): ReadonlyArray<Bubble> => {
    if (bare(to) !== bare(person)) return []
    const reach = furthest((about.get(messageId) ?? []).map(({ kind }) => kind))
    return [{ key: messageId, at, mine: false, text, type, reach }]
  })
  return [...mine, ...theirs].toSorted((one, other) => one.at - other.at)
}

/** Returns every sender and recipient. */
export const people = ({ effects, deliveries }: Changes): ReadonlyArray<string> => [
  ...new Set([
    ...deliveries.flatMap(({ said }) => (said === undefined ? [] : [bare(said.from)])),
    ...effects.map(({ to }) => bare(to))
  ])
]
