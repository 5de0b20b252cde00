import { assert, describe, it } from "@effect/vitest"
import { componentModules, type GraphModule, type ModuleGraph } from "../../scripts/manifest/components.ts"
import { bareCode, moduleName } from "../../scripts/manifest/module-graph.ts"

const graphOf = (imports: Readonly<Record<string, ReadonlyArray<string>>>): ModuleGraph => ({
  entries: ["src/main.ts"],
  modules: new Map(
    Object.entries(imports).map(([name, names]): [string, GraphModule] => [
      name,
      { name, digest: `digest of ${name}`, imports: names }
    ])
  )
})

const program = graphOf({
  "src/main.ts": [
    "src/app/gateway.ts",
    "layers/redis/client.ts",
    "plugins/whatsapp/index.ts",
    "plugins/instagram/index.ts"
  ],
  "src/app/gateway.ts": ["src/domain/ids.ts"],
  "src/domain/ids.ts": [],
  "src/connector/connector.ts": ["src/domain/ids.ts"],
  "layers/redis/client.ts": ["src/domain/ids.ts", "layers/redis/acl.ts", "node_modules/ioredis/index.js"],
  "layers/redis/acl.ts": [],
  "node_modules/ioredis/index.js": [],
  "plugins/whatsapp/index.ts": [
    "src/connector/connector.ts",
    "plugins/meta/graph.ts",
    "plugins/whatsapp/simulator/a.ts"
  ],
  "plugins/whatsapp/simulator/a.ts": ["plugins/whatsapp/settings.ts", "plugins/meta/simulator/b.ts"],
  "plugins/whatsapp/settings.ts": [],
  "plugins/instagram/index.ts": ["plugins/meta/graph.ts", "plugins/instagram/text.ts"],
  "plugins/instagram/text.ts": [],
  "plugins/meta/graph.ts": [],
  "plugins/meta/simulator/b.ts": []
})

const inComponents = (name: string) =>
  [...componentModules(program)].flatMap(([component, modules]) => (modules.has(name) ? [component] : []))

describe("components of a release", () => {
  it.each([
    ["src/main.ts", ["core"]],
    ["src/app/gateway.ts", ["core"]],
    ["src/domain/ids.ts", ["core", "connector:whatsapp"]],
    ["layers/redis/client.ts", ["storage"]],
    ["node_modules/ioredis/index.js", ["storage"]],
    ["plugins/instagram/index.ts", ["connector:instagram"]],
    ["plugins/instagram/text.ts", ["connector:instagram"]],
    ["plugins/meta/graph.ts", ["connector:instagram", "connector:whatsapp"]],
    ["src/connector/connector.ts", ["connector:whatsapp"]]
  ])("the module %s belongs to the components that run it", (name, components) => {
    assert.deepStrictEqual(inComponents(name), components)
  })

  it("a simulator belongs to the core, since the lab alone loads it", () => {
    assert.deepStrictEqual(inComponents("plugins/whatsapp/simulator/a.ts"), ["core"])
    assert.deepStrictEqual(inComponents("plugins/meta/simulator/b.ts"), ["core"])
  })

  it("every module belongs to a component", () => {
    for (const name of program.modules.keys()) assert.isNotEmpty(inComponents(name), name)
  })
})

describe("code of a module", () => {
  const code = "export const total = (left: number, right: number): number => left + right\n"

  it("types, comments and layout do not change the code", () => {
    const other =
      "/** Adds. */\nexport const total=(left:number,right : number) => {\n  // @ts-ignore\n  return left + right\n}\n"
    const braces = "export const total = (left: any, right: any) => { return left + right /* sum */ }"
    assert.strictEqual(bareCode("a.ts", other), bareCode("a.ts", braces))
    assert.strictEqual(bareCode("a.ts", code), bareCode("a.ts", `// Adds.\n\n${code.replace(": number =>", " =>")}`))
  })

  it.each([
    ["an operator", "left - right"],
    ["an operand", "left + left"],
    ["a literal", "left + 1"]
  ])("%s changes the code", (_, sum) => {
    assert.notStrictEqual(bareCode("a.ts", code.replace("left + right", sum)), bareCode("a.ts", code))
  })

  it("a comment inside a string stays in the code", () => {
    assert.notStrictEqual(
      bareCode("a.ts", 'export const a = "/* 1 */"'),
      bareCode("a.ts", 'export const a = "/* 2 */"')
    )
  })

  it("a file that is no JavaScript is its own code, as is one that cannot be parsed", () => {
    assert.strictEqual(bareCode("a.json", '{ "a": 1 }'), '{ "a": 1 }')
    assert.strictEqual(bareCode("a.ts", "const ="), "const =")
  })

  it("a module of a package has the same name wherever the package is installed", () => {
    assert.strictEqual(
      moduleName("/a/b", "/a/node_modules/effect/dist/Effect.js"),
      "node_modules/effect/dist/Effect.js"
    )
    assert.strictEqual(moduleName("/a/b", "/a/b/src/main.ts"), "src/main.ts")
  })
})
