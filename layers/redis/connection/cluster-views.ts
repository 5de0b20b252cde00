import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { unavailable } from "../failure.ts"
import { close, lastErrorOf } from "./lifecycle.ts"
import type { ClusterNode } from "./cluster-nodes.ts"
import { errorCode, unconnected } from "./connect-error.ts"
import { type ClusterOptions, connectionOptions, urlOptions } from "./options.ts"
import { hostOf, type NatMap, type View, viewOf } from "./topology.ts"

const viewFrom = async (redis: Redis, host: string, natMap: NatMap): Promise<View> => {
  const [info, slots] = (await redis.pipeline().cluster("INFO").cluster("SLOTS").exec()) ?? []
  const error = info?.[0] ?? slots?.[0] ?? undefined
  return error === undefined ? viewOf(info?.[1], slots?.[1], host, natMap) : Promise.reject(error)
}

/** Returns the views of the nodes that reply within 500 ms; omits the others. */
export const readViews = (nodes: ReadonlyArray<ClusterNode>, natMap: NatMap): Effect.Effect<ReadonlyArray<View>> =>
  Effect.forEach(
    nodes,
    ({ redis, address }) =>
      Effect.tryPromise(() => viewFrom(redis, hostOf(address), natMap)).pipe(
        Effect.timeout("500 millis"),
        Effect.result
      ),
    { concurrency: "unbounded" }
  ).pipe(Effect.map((results) => results.filter(Result.isSuccess).map(({ success }) => success)))

const why = (error: unknown) =>
  error instanceof Error && error.message.includes("cluster support disabled") ? "no cluster" : errorCode(error)

const seed = (url: URL, options: ClusterOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      const redis = yield* Effect.acquireRelease(
        Effect.sync(
          () => new Redis({ ...connectionOptions(options), ...urlOptions(url, options), db: 0, retryStrategy: null })
        ),
        close
      )
      const lastError = lastErrorOf(redis)
      return yield* Effect.tryPromise({
        try: async () => {
          await redis.connect()
          return viewFrom(redis, urlOptions(url, options).host, options.natMap)
        },
        catch: (error) => unconnected(url.host, lastError() ?? error, why(lastError() ?? error))
      })
    })
  )

/** Returns the views of the configured nodes, each over a temporary connection. Fails when none of them replies. */
export const readSeeds = Effect.fnUntraced(function* (urls: ReadonlyArray<URL>, options: ClusterOptions) {
  const results = yield* Effect.forEach(urls, (url) => Effect.result(seed(url, options)), { concurrency: "unbounded" })
  const views = results.filter(Result.isSuccess).map(({ success }) => success)
  if (views.length > 0) return views
  return yield* results.find(Result.isFailure)?.failure ?? unavailable("connect to the store")
})
