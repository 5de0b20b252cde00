/** Describes the whole cluster as one node sees it. */
export interface View {
  /** True when the node sees every slot served. */
  readonly ok: boolean
  /** Grows with every failover: the view with the higher epoch is the newer one. */
  readonly epoch: number
  /** Maps each slot to `host:port` of the primary that serves it. */
  readonly owners: ReadonlyArray<string | undefined>
}

export const slotCount = 16_384

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** Translates the addresses that nodes announce, such as those behind a NAT or in a container's network. */
export type NatMap = Readonly<Record<string, string>> | undefined

const reachedBy = (address: string, natMap: NatMap): string =>
  natMap !== undefined && Object.hasOwn(natMap, address) ? (natMap[address] ?? address) : address

/**
 * Decodes `CLUSTER INFO` and `CLUSTER SLOTS` of a node at `host`. A node that does not know its own address is at
 * `host`.
 */
export const viewOf = (info: unknown, slots: unknown, host: string, natMap?: NatMap): View => {
  const text = typeof info === "string" ? info : ""
  const owners = Array.from<string | undefined>({ length: slotCount })
  for (const range of listOf(slots)) {
    const [from, to, primary] = listOf(range)
    const [named, port] = listOf(primary)
    if (typeof from !== "number" || typeof to !== "number" || typeof port !== "number") continue
    const known = typeof named === "string" && named !== "" && named !== "?"
    owners.fill(reachedBy(`${known ? named : host}:${port}`, natMap), from, to + 1)
  }
  return {
    ok: /^cluster_state:ok/m.test(text),
    epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(text)?.[1] ?? 0),
    owners
  }
}

/**
 * Returns the newest view. A node that is cut off from the others still reports an old view, so views that see every
 * slot served come first.
 */
export const newest = (views: ReadonlyArray<View>): View | undefined =>
  views.toSorted((left, right) => Number(right.ok) - Number(left.ok) || right.epoch - left.epoch)[0]

/** Says where a command should have gone, or that no node can take it now. In each case the command did not begin. */
export type Redirect =
  | { readonly _tag: "Moved"; readonly slot: number; readonly address: string }
  | { readonly _tag: "Ask"; readonly address: string }
  | { readonly _tag: "Later" }

/**
 * Decodes a redirect such as `MOVED 3999 10.0.0.7:6381`. Without a host, it is the host of the node that replied.
 * Returns `undefined` when the error is no redirect.
 */
export const redirectOf = (error: unknown, asked: string, natMap?: NatMap): Redirect | undefined => {
  if (!(error instanceof Error) || error.name !== "ReplyError") return undefined
  const [word, slot, where = ""] = error.message.split(" ")
  if (word === "TRYAGAIN" || word === "CLUSTERDOWN") return { _tag: "Later" }
  if (word !== "MOVED" && word !== "ASK") return undefined
  const address = reachedBy(where.startsWith(":") ? `${hostOf(asked)}${where}` : where, natMap)
  return word === "ASK" ? { _tag: "Ask", address } : { _tag: "Moved", slot: Number(slot), address }
}

export const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(":"))
export const portOfAddress = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1))
