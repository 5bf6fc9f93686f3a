import { Dialog, Kbd } from '../ui/index.ts';
import { keyGroups } from './keys.ts';

/** All keys, by where they work. */
export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title="Keys" isOpen={isOpen} onClose={onClose} width={560} footer={null}>
      <div className="grid grid-cols-2 gap-x-8 gap-y-6">
        {keyGroups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="pb-1 font-medium text-11 text-fg-2">{title}</h3>
            <dl className="text-12">
              {keys.map(({ keys: names, text }) => (
                <div key={text} className="flex h-7 items-center gap-2">
                  <dt className="flex-1 text-fg">{text}</dt>
                  <dd className="flex gap-1">
                    {names.map(name => (
                      <Kbd key={name}>{name}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
