// How the client is made from the document: plain functions over fetch that need nothing at run time.
// KIT_CLIENT names another folder to write to: the drift check compares it with the committed one.
import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "../login.json",
  logs: { file: false },
  output: { path: process.env.KIT_CLIENT ?? "src/generated", clean: true, importFileExtension: ".js" },
  plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
});
