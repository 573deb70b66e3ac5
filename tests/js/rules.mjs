// Rules that Python has as well, as cases of inputs and outputs.
import { readFileSync } from "node:fs";

export const rules = JSON.parse(readFileSync(new URL("../fixtures/shared_rules.json", import.meta.url), "utf8"));
