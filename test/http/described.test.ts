import { assert, describe, it } from "@effect/vitest"
import * as OpenApi from "effect/http-api/OpenApi"
import { isJsonObject, type Json, type JsonObject } from "../../src/domain/json.ts"
import { Described } from "../../src/http/api/api.ts"

type Place = readonly [path: string, node: JsonObject]

const objectAt = (node: JsonObject, key: string): JsonObject => {
  const value = node[key]
  return isJsonObject(value) ? value : {}
}

const listAt = (node: JsonObject, key: string): ReadonlyArray<Json> => {
  const value = node[key]
  return Array.isArray(value) ? value : []
}

const entriesOf = (node: JsonObject, path: string): ReadonlyArray<Place> =>
  Object.entries(node).flatMap(([name, value]): ReadonlyArray<Place> =>
    isJsonObject(value) ? [[`${path} ${name}`, value]] : []
  )

const hasText = (node: JsonObject, key: string) => typeof node[key] === "string" && /\w+ \w+/.test(String(node[key]))

/** Returns every named member of a schema, at any depth. A reference is followed where its component is read. */
const membersOf = ([path, schema]: Place): ReadonlyArray<Place> => {
  const members = entriesOf(objectAt(schema, "properties"), path)
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((key) => listAt(schema, key))
  const inside = [...parts, schema["items"] ?? null, schema["additionalProperties"] ?? null]
  const nameless = inside.flatMap((part): ReadonlyArray<Place> => (isJsonObject(part) ? [[path, part]] : []))
  return [...members, ...[...members, ...nameless].flatMap(membersOf)]
}

/** Returns the schemas of a request or a response, one for each media type. */
const contentOf = ([path, node]: Place): ReadonlyArray<Place> =>
  entriesOf(objectAt(node, "content"), path).map(([name, media]) => [name, objectAt(media, "schema")])

const undescribed = (spec: JsonObject): ReadonlyArray<string> => {
  const component = (node: JsonObject): JsonObject => {
    const name = String(node["$ref"] ?? "").replace("#/components/schemas/", "")
    return name === "" ? node : objectAt(objectAt(objectAt(spec, "components"), "schemas"), name)
  }
  const isDescribed = ([, node]: Place) => hasText(component(node), "description")
  const operations = entriesOf(objectAt(spec, "paths"), "").flatMap(([path, methods]) => entriesOf(methods, path))
  const responses = operations.flatMap(([path, operation]) => entriesOf(objectAt(operation, "responses"), path))
  const requests = operations
    .map(([path, operation]): Place => [`${path} body`, objectAt(operation, "requestBody")])
    .flatMap(contentOf)
    .filter(([, schema]) => "properties" in component(schema))
  const parameters = operations.flatMap(([path, operation]) =>
    listAt(operation, "parameters").flatMap((one): ReadonlyArray<Place> =>
      isJsonObject(one) ? [[`${path} ${String(one["in"])} ${String(one["name"])}`, objectAt(one, "schema")]] : []
    )
  )
  const headers = responses.flatMap(([path, response]) =>
    entriesOf(objectAt(response, "headers"), path).map(([name, header]): Place => [name, objectAt(header, "schema")])
  )
  const components = entriesOf(objectAt(objectAt(spec, "components"), "schemas"), "component")
  const tags = listAt(spec, "tags").flatMap((tag): ReadonlyArray<Place> => (isJsonObject(tag) ? [["tag", tag]] : []))
  const described = [...operations, ...responses, ...parameters, ...headers, ...requests, ...components, ...tags]
  const members = [...requests, ...responses.flatMap(contentOf), ...components].flatMap(membersOf)
  const isImperative = ([, operation]: Place) =>
    hasText(operation, "summary") && String(operation["summary"]).split(" ").length <= 8
  return [
    ...[...described, ...members].filter((place) => !isDescribed(place)).map(([path]) => `${path}: no description`),
    ...operations.filter((place) => !isImperative(place)).map(([path]) => `${path}: no summary of 8 words`)
  ]
}

/** The description of the API, as its readers get it. */
const served: Json = JSON.parse(JSON.stringify(OpenApi.fromApi(Described)))
const spec = isJsonObject(served) ? served : {}

const changed = (node: Json, path: ReadonlyArray<string>): Json => {
  const [first, ...rest] = path
  if (first === undefined) return ""
  return isJsonObject(node) ? { ...node, [first]: changed(node[first] ?? null, rest) } : node
}

describe("the description of the API", () => {
  it("every operation, parameter, header, body, response and member has a description, every operation a summary", () => {
    assert.isAbove(Object.keys(objectAt(spec, "paths")).length, 25)
    assert.deepStrictEqual(undescribed(spec), [])
  })

  it.each([
    [["paths", "/v1/accounts", "get", "summary"], " /v1/accounts get: no summary of 8 words"],
    [["paths", "/v1/accounts", "get", "description"], " /v1/accounts get: no description"],
    [["paths", "/v1/accounts", "get", "responses", "503", "description"], " /v1/accounts get 503: no description"],
    [["components", "schemas", "Account", "description"], "component Account: no description"],
    [
      ["components", "schemas", "Account", "properties", "until", "description"],
      "component Account until: no description"
    ]
  ])("a missing text at %s would be found", (path, finding) => {
    const without = changed(spec, path)
    assert.include(undescribed(isJsonObject(without) ? without : {}), finding)
  })
})
