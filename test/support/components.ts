/** Small real components and manifests that tests publish and run. */

export function componentFolder(options: {
  name?: string;
  main?: string;
  input?: string;
  output?: string;
  config?: string;
  python?: boolean;
}) {
  const name = options.name ?? 'Shout';
  const language = options.python ? 'py' : 'js';
  const yml = [
    `name: ${name}`,
    `language: ${language}`,
    'worker:',
    `  input_type: "${options.input ?? '{text: String}'}"`,
    ...(options.output === '' ? [] : [`  output_type: "${options.output ?? '{text: String}'}"`]),
    ...(options.config === undefined ? [] : ['  config_schema:', options.config]),
    '',
  ].join('\n');
  return {
    'component.yml': yml,
    [options.python ? 'src/main.py' : 'src/main.js']: options.main ?? shout,
    'README.md': `# ${name}\n`,
  };
}

export const shout = `import { run } from 'pipelogic';

run(message => {
  console.log('shouting', message.text);
  return { text: message.text.toUpperCase() };
});
`;

export const shoutInPython = `from pipelogic.worker import run

def shout(message):
    print("shouting", message["text"])
    return {"text": message["text"].upper()}

run(shout)
`;

/** JSON in, the component under test, JSON out. */
export function manifest(
  options: { params?: string; proof?: string; deploy?: string; release?: string; fixtures?: string; cut?: string } = {},
): string {
  return `release:
  auto: ${options.release ?? 'true'}
${options.deploy === undefined ? '' : `deploy: ${options.deploy}\n`}fixtures:
${options.fixtures ?? '  - {name: hello, path: ./hello.json}'}
graph:
  vertices:
    in: {harness: "Input JSON HTTP"}
    cut: ${options.cut ?? (options.params === undefined ? '{}' : `{params: ${options.params}}`)}
    out: {harness: "Output JSON HTTP"}
  edges:
    - {from: in, from_output: 0, to: cut, to_input: 0}
    - {from: cut, from_output: 0, to: out, to_input: 0}
${options.proof ?? ''}`;
}

export const shoutProof = `proof:
  name: shouting
  cases:
    - name: hello
      send: {to: in, fixture: hello, content_type: application/json}
      expect:
        meaning: "The text comes back in capitals."
        from: out
        that:
          - output.text == 'HELLO'
  risks: ["Only ASCII was tried."]
`;
