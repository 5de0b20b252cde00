import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Retention } from "./config.ts"
import {
  Count,
  exactlyOne,
  FilePath,
  Node,
  oneOf,
  Rate,
  RedisUrl,
  SecretRef,
  Span,
  unique,
  UserName,
  Word
} from "./values.ts"

const { Struct, optionalKey } = Schema

export const retentionDefaults = {
  dedupe: Duration.days(8),
  delivered: Duration.hours(24),
  deadLetters: Duration.days(30),
  intents: Duration.days(30),
  tombstones: Duration.days(400)
} satisfies Retention

const kept = (what: keyof Retention) =>
  Span.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(retentionDefaults[what])))

const RetentionTimes = Struct({
  dedupe: kept("dedupe"),
  delivered: kept("delivered"),
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
      nodes: Schema.NonEmptyArray(Node).check(unique),
      password: optionalKey(SecretRef),
      tls: optionalKey(Schema.Boolean)
    })
  ),
  cluster: optionalKey(
    Struct({
      nodes: Schema.NonEmptyArray(RedisUrl).check(unique),
      natMap: optionalKey(
        Schema.Record(Node, Node).annotate({ messageUnexpectedKey: "expected host:port as its name" })
      )
    })
  ),
  caFile: optionalKey(FilePath),
  username: optionalKey(UserName),
  password: optionalKey(SecretRef),
  durability: Schema.Literals(["host", "process"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("host" as const))),
  declared: optionalKey(Struct({ appendfsync: Schema.Literals(["always", "everysec"]) })),
  replicas: optionalKey(Count),
  retention: RetentionTimes.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  rate: optionalKey(Rate),
  sealingKey: optionalKey(SecretRef),
  pepper: optionalKey(SecretRef)
}).pipe(Schema.refine(oneOf("url", "sentinel", "cluster"), exactlyOne("url, sentinel and cluster")))
