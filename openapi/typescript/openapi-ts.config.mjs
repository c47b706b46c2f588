// How the clients are made from the documents: plain functions over fetch that need nothing at run time.
// KIT_CLIENT names another folder to write to: the drift check compares it with the committed one.
import { defineConfig } from "@hey-api/openapi-ts";

const folder = process.env.KIT_CLIENT ?? "src/generated";
const client = (api) => ({
  input: `../${api}.json`,
  logs: { file: false },
  output: { path: `${folder}/${api}`, clean: true, importFileExtension: ".js" },
  plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
});

export default defineConfig([client("login"), client("admin")]);
