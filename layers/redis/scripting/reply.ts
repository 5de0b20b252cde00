import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { unexpectedReply } from "../failure.ts"
import type { RedisReply } from "../client.ts"

const expect =
  <A>(is: (reply: RedisReply) => reply is A) =>
  (operation: string) =>
  (reply: RedisReply): Effect.Effect<A, InfraError> =>
    is(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(operation))

const isText = (reply: RedisReply): reply is string => typeof reply === "string"
const isInteger = (reply: RedisReply): reply is number => Number.isSafeInteger(reply)
const isList = (reply: RedisReply): reply is ReadonlyArray<unknown> => Array.isArray(reply)
const isTexts = (reply: RedisReply): reply is ReadonlyArray<string> => isList(reply) && reply.every(isText)

export const asText = expect(isText)
export const asInteger = expect(isInteger)
export const asList = expect(isList)
export const asTexts = expect(isTexts)
export const asOptionalText = expect((reply: RedisReply): reply is string | null => reply === null || isText(reply))
