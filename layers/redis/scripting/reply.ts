import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { unexpectedReply } from "../failure.ts"
import type { Reply } from "../client.ts"

const expect =
  <A>(is: (reply: Reply) => reply is A) =>
  (operation: string) =>
  (reply: Reply): Effect.Effect<A, InfraError> =>
    is(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(operation))

const isText = (reply: Reply): reply is string => typeof reply === "string"
const isInteger = (reply: Reply): reply is number => Number.isSafeInteger(reply)
const isList = (reply: Reply): reply is ReadonlyArray<unknown> => Array.isArray(reply)
const isTexts = (reply: Reply): reply is ReadonlyArray<string> => isList(reply) && reply.every(isText)

export const asText = expect(isText)
export const asInteger = expect(isInteger)
export const asList = expect(isList)
export const asTexts = expect(isTexts)
export const asOptionalText = expect((reply: Reply): reply is string | null => reply === null || isText(reply))
