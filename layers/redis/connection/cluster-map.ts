import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { unavailable } from "../failure.ts"
import type { Script } from "../scripting/script.ts"
import { clusterNodes, type ClusterNode } from "./cluster-nodes.ts"
import { readSeeds, readViews } from "./cluster-views.ts"
import type { ConnectionGate, Status } from "./connection.ts"
import { isAnother, type RunId, setUpConnection } from "./lifecycle.ts"
import { parseStoreUrl, type ClusterOptions } from "./options.ts"
import { newest, type View } from "./topology.ts"

const isAddress = (address: string | undefined): address is string => address !== undefined

/**
 * Keeps the owner of each slot and a connection to each owner.
 *
 * Reads the map again every 5 s, at once when a node is lost or reports that a slot has moved, and four times a second
 * while an owner cannot be reached. `status` is down while that is so or while a slot has no owner. Commands to the
 * other owners go through meanwhile.
 */
export const clusterMap = Effect.fnUntraced(function* (
  options: ClusterOptions,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const urls = yield* Effect.forEach(options.cluster, parseStoreUrl)
  const status = yield* SubscriptionRef.make<Status>("down")
  const failovers = yield* SubscriptionRef.make(0)
  const soon = yield* Queue.sliding<void>(1)
  const events = yield* Queue.unbounded<ClusterNode | undefined>()
  const refreshSoon = () => void Queue.offerUnsafe(soon, undefined)
  const nodes = yield* clusterNodes(
    options,
    gate,
    urls.some(({ protocol }) => protocol === "rediss:"),
    {
      onReady: (node) => Queue.offerUnsafe(events, node),
      onClose: () => {
        Queue.offerUnsafe(events, undefined)
        refreshSoon()
      }
    }
  )
  const runIds = new Map<string, RunId>()
  let slots: Array<string | undefined> = []
  let addresses: ReadonlySet<string> = new Set()
  let epoch = 0

  const owners = () => [...addresses].flatMap((address) => nodes.get(address) ?? [])
  const whole = () => slots.length > 0 && slots.every(isAddress)
  const ticked = SubscriptionRef.update(failovers, (count) => count + 1)

  const report = Effect.suspend(() => {
    const now: Status =
      whole() && [...addresses].every((one) => nodes.get(one)?.primary.isReady() === true) ? "up" : "down"
    return SubscriptionRef.getUnsafe(status) === now ? Effect.void : SubscriptionRef.set(status, now)
  })

  /**
   * Applies a view. An owner that no longer owns a slot was replaced or emptied. Both are rare, and each counts as a
   * failover, after which callers read once more without harm.
   */
  const apply = Effect.fnUntraced(function* (view: View) {
    if (!view.ok && view.epoch < epoch) return
    const now = new Set(view.owners.filter(isAddress))
    if (now.size === 0) return
    const replaced = [...addresses].some((address) => !now.has(address))
    epoch = view.epoch
    slots = [...view.owners]
    addresses = now
    for (const address of now) nodes.at(address)
    if (replaced) yield* ticked
    const idle = nodes.all().filter(({ address }) => !now.has(address))
    yield* Effect.forEach(idle, nodes.drop, { concurrency: "unbounded", discard: true })
    yield* report
  })

  const refresh = Effect.gen(function* () {
    const known = yield* readViews(
      nodes.all().filter(({ primary }) => primary.isReady()),
      options.natMap
    )
    const asked = known.some(({ ok }) => ok) ? [] : yield* Effect.orElseSucceed(readSeeds(urls, options), () => [])
    const best = newest([...known, ...asked])
    if (best !== undefined) yield* apply(best)
  })

  const setUp = Effect.fnUntraced(function* ({ address, redis }: ClusterNode) {
    const { runId } = yield* setUpConnection(redis, scripts)
    if (runIds.has(address) && isAnother(runIds.get(address), runId)) yield* ticked
    runIds.set(address, runId)
  })

  const first = newest(yield* readSeeds(urls, options))
  if (first === undefined || !first.ok || !first.owners.every(isAddress)) {
    return yield* unavailable("connect to the store: the cluster does not serve all slots")
  }
  yield* apply(first)
  yield* Effect.forEach(owners(), ({ ready }) => ready, { concurrency: "unbounded", discard: true })
  yield* report
  yield* Stream.fromQueue(events).pipe(
    Stream.runForEach((node) => Effect.andThen(node === undefined ? Effect.void : setUp(node), report)),
    Effect.forkScoped
  )
  yield* Effect.suspend(() =>
    Queue.take(soon).pipe(
      Effect.timeoutOption(SubscriptionRef.getUnsafe(status) === "up" ? "5 seconds" : "250 millis"),
      Effect.andThen(refresh),
      Effect.andThen(Effect.sleep("50 millis"))
    )
  ).pipe(Effect.forever, Effect.forkScoped)

  return {
    status,
    failovers,
    refreshSoon,
    primaries: () => owners().map(({ primary }) => primary),
    /** Returns the address of the owner of a slot; without a slot, the address of any owner that is connected. */
    ownerOf: (slot: number | null) =>
      slot === null ? [...addresses].find((one) => nodes.get(one)?.primary.isReady()) : slots[slot],
    nodeAt: nodes.at,
    moved: (slot: number, address: string) => {
      slots[slot] = address
      refreshSoon()
    }
  }
})
