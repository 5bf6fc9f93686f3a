import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

/** A question or a form over the window. Escape is cancel; the focus stays in it and goes back after. */
export function Dialog(props: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  width?: 400 | 560;
  children: ReactNode;
  /** Buttons, the one that goes on at the right; null for none. */
  footer: ReactNode;
}) {
  const { title, isOpen, onClose, width = 400, children, footer } = props;
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-40 grid place-items-center bg-[var(--over-halo)] p-6"
    >
      <Modal
        className="flex max-h-full flex-col overflow-hidden rounded-4 border border-line-strong bg-pane shadow-3 transition-transform duration-[var(--dur-3)] ease-out starting:translate-y-2"
        style={{ width }}
      >
        <AriaDialog className="flex min-h-0 flex-col outline-none">
          <Heading slot="title" className="px-5 pt-4 pb-2 font-semibold text-16">
            {title}
          </Heading>
          <div className="min-h-0 flex-1 overflow-auto px-5 pb-4 text-13">{children}</div>
          {footer !== null && (
            <footer className="flex justify-end gap-2 border-line border-t bg-sunken px-5 py-3">{footer}</footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
