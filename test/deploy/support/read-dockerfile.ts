import { readFile } from 'node:fs/promises';

export interface Instruction {
  readonly keyword: string;
  /** The arguments after the keyword, on one line. */
  readonly text: string;
  readonly words: readonly string[];
}

export interface DockerfileStage {
  readonly name: string;
  /** Name of an image or of an earlier stage. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile. */
export async function readDockerfile(file: string): Promise<DockerfileStage[]> {
  const lines = (await readFile(file, 'utf8')).replaceAll(/\\\n\s*/g, '').split('\n');
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, keyword = '', text = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const words = text.split(/\s+/);
    if (keyword === 'FROM') {
      const [from = '', , name = `stage-${stages.length}`] = words;
      stages.push({ name, from, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ keyword, text, words });
    }
  }
  return stages;
}
