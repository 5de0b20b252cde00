import { join } from "node:path"
import { parseArgs } from "node:util"
import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as clientLayer } from "../../layers/redis/client.ts"
import { layer } from "../../layers/redis/store.ts"
import { median } from "./median.ts"
import { appSecret, placeOf, wants } from "./place.ts"
import { spentBy } from "./processes.ts"
import { admit } from "./remember.ts"
import { writeRequests } from "./requests.ts"
import { load, type OnStage, onStage, type Setting } from "./round.ts"
import { gateway } from "./servers.ts"

// What a webhook costs the gateway and its store where few events are remembered, and where many are: two of each, turn
// about. `marks.ts` looks at the store's part alone.

const { values } = parseArgs({
  options: {
    few: { type: "string", default: "10000" },
    most: { type: "string", default: "10000000" },
    seconds: { type: "string", default: "3" },
    turns: { type: "string", default: "7" }
  }
})

wants({ wrk: "wrk" })
const { folder, secrets } = placeOf("remembered")
const [seconds, turns] = [Number(values.seconds), Number(values.turns)]
const mostPerSecond = 25_000
const requests = join(folder, "requests")
/** The first turn warms both up. Ids are another's on the other side, so both may read the same file. */
const size = writeRequests(requests, appSecret, (turns + 1) * seconds * mostPerSecond)
const setting: Setting = {
  appendfsync: "everysec",
  connections: 64,
  folder,
  requests,
  secrets,
  size
}

const chunk = 50_000
const remember = async ({ redisUrl }: OnStage, many: number) => {
  const redis = new Redis(redisUrl)
  const store = layer({ environment: "local", retention: { nonce: 1 } }).pipe(
    Layer.provide(clientLayer({ url: redisUrl }))
  )
  const all = Effect.gen(function* () {
    for (let left = many; left > 0; left -= chunk) yield* admit(redis, Math.min(left, chunk), 250)
  })
  await Effect.runPromise(Effect.provide(all, store))
  redis.disconnect()
}

/** Microseconds of the gateway's processor and of the store's, a webhook. */
const cost = async ({ port, pid, storePid }: OnStage, turn: number) => {
  const [before, storeBefore] = [spentBy(pid), spentBy(storePid)]
  const { requests: count } = await load(setting, port, seconds, turn * seconds * mostPerSecond)
  return [((spentBy(pid) - before) * 1_000) / count, ((spentBy(storePid) - storeBefore) * 1_000) / count] as const
}

await onStage(gateway, setting, (few) =>
  onStage(gateway, setting, async (many) => {
    await remember(few, Number(values.few))
    await remember(many, Number(values.most))
    const costs: Array<ReadonlyArray<number>> = []
    for (let turn = 0; turn <= turns; turn++) {
      const [[server, store], [serverAmongMany, storeAmongMany]] = [await cost(few, turn), await cost(many, turn)]
      if (turn > 0) costs.push([server, store, serverAmongMany, storeAmongMany])
    }
    const at = (place: number) => median(costs.map((one) => one[place] ?? 0))
    const ratio = median(costs.map(([a = 0, b = 0, c = 0, d = 0]) => (c + d) / (a + b)))
    console.log(
      `a webhook costs gateway and store ${at(0).toFixed(1)} + ${at(1).toFixed(1)} us with ${values.few} remembered, ` +
        `${at(2).toFixed(1)} + ${at(3).toFixed(1)} us with ${values.most}: ${ratio.toFixed(2)} together`
    )
  })
)
