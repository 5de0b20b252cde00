import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { AuditEntry, AuditLog, auditRetention } from "../../src/audit/audit-log.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { RedisStore } from "./client.ts"
import { unexpectedReply } from "./failure.ts"
import { keysOf } from "./keys.ts"
import { readTime, requireStamp } from "./scripting/lua.ts"
import { asTexts } from "./scripting/reply.ts"
import { defineScript } from "./scripting/script.ts"

/**
 * Appends an entry to the audit log, and deletes expired ones. It runs in a full store too, because operators drain a
 * full store (G6).
 *
 * KEYS: stamp, audit.
 * ARGV: deployment, milliseconds that an entry stays, the entry.
 * Answer: 1.
 */
const appendAuditScript = defineScript(
  "append audit",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
write('XADD', KEYS[2], '*', 'r', ARGV[3])
write('XTRIM', KEYS[2], 'MINID', '~', string.format('%.0f-0', math.max(0, now - tonumber(ARGV[2]))))
return 1
`
)

/**
 * Lists a page of the audit log, newest first.
 *
 * KEYS: stamp, audit.
 * ARGV: deployment, cursor or an empty text, limit.
 * Answer: two values an entry: its place, the entry.
 */
const readAuditScript = defineScript(
  "read audit",
  `#!lua flags=no-writes
${requireStamp}
local from = ARGV[2] == '' and '+' or '(' .. ARGV[2]
local answer = {}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], from, '-', 'COUNT', ARGV[3])) do
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = entry[2][2]
end
return answer
`
)

const decodeEntry = Schema.decodeUnknownEffect(Schema.fromJsonString(AuditEntry))

/** Provides the audit log on Redis, in the first partition. Each entry is sealed as a whole. */
export const layer: Layer.Layer<AuditLog, never, RedisStore | Deployment | Sealer> = Layer.effect(
  AuditLog,
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const sealer = yield* Sealer
    const { of } = keysOf(store.prefix, 0)
    const keys = [of("stamp"), of("audit")]

    const open = (record: string) =>
      sealer.open(record).pipe(
        Effect.flatMap(decodeEntry),
        Effect.mapError(() => unexpectedReply(readAuditScript.name))
      )

    return AuditLog.of({
      append: (entry) =>
        Effect.asVoid(
          store.run(appendAuditScript, keys, [deployment.id, auditRetention, sealer.seal(JSON.stringify(entry))])
        ),
      list: Effect.fnUntraced(function* ({ limit, cursor = "" }) {
        const found = yield* Effect.flatMap(
          store.run(readAuditScript, keys, [deployment.id, cursor, limit + 1]),
          asTexts(readAuditScript.name)
        )
        const places = found.filter((_, at) => at % 2 === 0)
        const records = found.filter((_, at) => at % 2 === 1).slice(0, limit)
        const entries = yield* Effect.forEach(records, (record, at) =>
          Effect.map(open(record), (entry) => ({ at: Number(places[at]?.split("-")[0]), ...entry }))
        )
        const last = places[limit - 1]
        return places.length > limit && last !== undefined ? { entries, next: last } : { entries }
      })
    })
  })
)
