from pipelogic.worker import config, run

from statistics_of_words import statistics


def process(document):
    result = statistics(document["title"], document["text"], config.top)
    print(f"{result['title']}: {result['words']} words, {result['distinct']} distinct", flush=True)
    return result


run(process)
