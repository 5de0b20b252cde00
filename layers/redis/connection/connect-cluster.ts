import { Command } from "ioredis"
import * as Effect from "effect/Effect"
import { type Backoff, backoffDelay } from "../../../src/concurrency/backoff.ts"
import { refusalCode, unavailable } from "../failure.ts"
import type { Script } from "../scripting/script.ts"
import { clusterMap } from "./cluster-map.ts"
import type { ClusterNode } from "./cluster-nodes.ts"
import { type Connection, type ConnectionGate, final, type Primary } from "./connection.ts"
import { type ClusterOptions } from "./options.ts"
import { redirectOf } from "./topology.ts"

/** Number of times that one command may be redirected. */
const redirects = 5
/** Delays of a command whose slot has no owner yet. */
export const redirectBackoff: Backoff = { baseMs: 50, maxMs: 800 }

const slotOf = (name: string, args: ReadonlyArray<string | number>): number | null =>
  new Command(name, [...args]).getSlot()

interface Target {
  readonly address: string
  readonly asking: boolean
}

/**
 * Waits for the node's connection. The reason why a node cannot be reached matters at the start only; a command fails
 * as unavailable.
 */
const reached = ({ ready }: ClusterNode) =>
  Effect.mapError(ready, ({ operation, cause }) => unavailable(operation, cause))

type Send = (primary: Primary, asking: boolean) => Effect.Effect<unknown, unknown>

/**
 * Connects to a cluster without the guesses of its client library: each command goes to the one node that owns its
 * slot.
 *
 * A node that redirects a command has not begun it, so the command follows the redirect, a limited number of times.
 * Nothing else is sent again.
 */
export const connectCluster = Effect.fnUntraced(function* (
  options: ClusterOptions,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const map = yield* clusterMap(options, scripts, gate)

  const attempt = (operation: string, slot: number | null, send: Send, left: number, to?: Target): Attempt =>
    Effect.suspend(() => {
      const address = to?.address ?? map.ownerOf(slot)
      if (address === undefined) return later(operation, slot, send, left, unavailable(operation))
      const node = map.nodeAt(address)
      const sent = () => send(node.primary, to?.asking === true)
      const answered = node.primary.isReady() ? sent() : Effect.andThen(reached(node), Effect.suspend(sent))
      return Effect.catch(answered, (error) => {
        const redirect = left === 0 ? undefined : redirectOf(error, address, options.natMap)
        if (redirect === undefined) {
          if (refusalCode(error) === undefined) map.refreshSoon()
          return Effect.fail(error)
        }
        if (redirect._tag === "Later") return later(operation, slot, send, left, error)
        if (redirect._tag === "Moved") map.moved(redirect.slot, redirect.address)
        const next = redirect._tag === "Ask" ? { address: redirect.address, asking: true } : undefined
        return attempt(operation, slot, send, left - 1, next)
      })
    })

  const later = (operation: string, slot: number | null, send: Send, left: number, error: unknown): Attempt => {
    map.refreshSoon()
    return left === 0
      ? Effect.fail(error)
      : Effect.delay(attempt(operation, slot, send, left - 1), backoffDelay(redirectBackoff, redirects - left))
  }

  return {
    run: (call) =>
      final(
        call.script.name,
        attempt(
          call.script.name,
          call.keys[0] === undefined ? null : slotOf("get", [call.keys[0]]),
          (primary, asking) => primary.run(asking ? { ...call, asking } : call),
          redirects
        )
      ),
    command: (name, args) =>
      final(
        name,
        attempt(name, slotOf(name, args), (primary, asking) => primary.command(name, args, asking), redirects)
      ),
    primaries: map.primaries,
    ownerOf: (key) => {
      const address = map.ownerOf(slotOf("get", [key]))
      return map.primaries().find(({ name }) => name === address)
    },
    status: map.status,
    failovers: map.failovers
  } satisfies Connection
})

type Attempt = Effect.Effect<unknown, unknown>
