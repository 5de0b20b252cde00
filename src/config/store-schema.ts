import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { RetentionConfig } from "./config.ts"
import {
  Count,
  exactlyOne,
  FilePath,
  HourOrMore,
  NodeAddress,
  oneOf,
  Rate,
  RedisUrl,
  SecretRefValue,
  Span,
  unique,
  UserName,
  Word
} from "./values.ts"

const { Struct, optionalKey } = Schema

export const retentionDefaults = {
  dedupe: Duration.days(8),
  delivered: Duration.hours(24),
  statuses: Duration.hours(2),
  deadLetters: Duration.days(30),
  intents: Duration.days(30),
  tombstones: Duration.days(400)
} satisfies RetentionConfig

const kept = (what: keyof RetentionConfig, time = Span) =>
  time.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(retentionDefaults[what])))

const RetentionTimes = Struct({
  dedupe: kept("dedupe"),
  delivered: kept("delivered"),
  statuses: kept("statuses", HourOrMore),
  deadLetters: kept("deadLetters"),
  intents: kept("intents"),
  tombstones: kept("tombstones")
})

/** Schema of `store` as written. */
export const Store = Struct({
  url: optionalKey(RedisUrl),
  sentinel: optionalKey(
    Struct({
      name: Word,
      nodes: Schema.NonEmptyArray(NodeAddress).check(unique),
      password: optionalKey(SecretRefValue),
      tls: optionalKey(Schema.Boolean)
    })
  ),
  cluster: optionalKey(
    Struct({
      nodes: Schema.NonEmptyArray(RedisUrl).check(unique),
      natMap: optionalKey(
        Schema.Record(NodeAddress, NodeAddress).annotate({ messageUnexpectedKey: "expected host:port as its name" })
      )
    })
  ),
  caFile: optionalKey(FilePath),
  username: optionalKey(UserName),
  password: optionalKey(SecretRefValue),
  durability: Schema.Literals(["host", "process"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("host" as const))),
  declared: optionalKey(Struct({ appendfsync: Schema.Literals(["always", "everysec"]) })),
  replicas: optionalKey(Count),
  retention: RetentionTimes.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  rate: optionalKey(Rate),
  sealingKey: optionalKey(SecretRefValue),
  pepper: optionalKey(SecretRefValue)
}).pipe(Schema.refine(oneOf("url", "sentinel", "cluster"), exactlyOne("url, sentinel and cluster")))
