# %% [markdown] lang="ja" id="title"
# # 10　いまの実践
#
# ここまでに学んだ対策は、今日の大きなネットワークでも使われているのでしょうか。大きな言語モデルの訓練では、ドロップアウトはほとんど使われません。それなら、習ったことは古くなったのでしょうか。この課では、いまよく使われる方法を、これまでと同じ小さなデータで測ります。
#
# **このノートブックを終えると、次のことができます。**
#
# - ラベル平滑化とmixupを使い、どんな問題に効くのかを言う
# - 予測の平均（アンサンブル）と重みの平均の違いを説明する
# - 訓練済みのネットワークを引き継ぎ、少ないデータで訓練し直す
# - データを何回使うかを見て、対策が要るかどうかを判断する
# - 訓練データに紛れ込んだテストデータのコピーを見つける
#
# 時間の目安は50分です。「発展」の4つも読むなら100分です。
# %% [markdown] lang="en" id="title"
# # 10 Practice today
#
# Are the remedies that you have learned still used for the large networks of today? In the training of large language models there is hardly any dropout. Is what you have learned out of date, then? In this lesson you measure methods that are common today, on the same small data as before.
#
# **When you have finished this notebook, you can**
#
# - use label smoothing and mixup, and say what they help against
# - explain how averaging predictions (an ensemble) differs from averaging weights
# - take over a trained network and train it on with few data
# - tell from how often each row is seen whether a remedy is called for
# - find copies of test images that slipped into the training data
#
# Allow about 50 minutes, or 100 with the four advanced boxes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from coursekit import calibration, data, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 巨人と、擦り切れた本
#
# ある図書館に、子どもが1冊の本を持って座っています。もう40回も読んだので、誤植まで覚えてしまいました。先生は「ときどき手で言葉を隠して、思い出しながら読みなさい」と教えました。これがドロップアウトです。
#
# その隣では、巨人が山のような本を1冊ずつ開いています。どの本も1回しか読みません。そして、手で隠すことはしません。
#
# **手で隠す練習は、もう役に立たないのでしょうか。それとも、巨人には要らないだけなのでしょうか。** これがこの課の問いです。
# %% [markdown] lang="en" id="story"
# ## The giant and the worn book
#
# In a library sits a child with a single book. Having read it forty times, the child knows even its misprints by heart. “Cover a word with your hand now and then, and read on from memory”, says the teacher. That is dropout.
#
# Next to the child, a giant opens a mountain of books, one after another. The giant reads each of them once, and covers nothing.
#
# **Has the hand become useless? Or does the giant just not need it?** This is the question of this lesson.

# %% [markdown] lang="ja" id="smooth-question"
# ## 実験1　いまの処方を、昨日の患者に
#
# 患者Aは、[07](07_choosing.ipynb)の400枚の数字です。ラベルの約36%が間違っています。いまのレシピによく出てくる2つの方法を試します。
#
# - **ラベル平滑化**（label smoothing）：正解のクラスの目標を1ではなく0.91にし、残りをほかのクラスに配ります。
# - **mixup**：画像を2枚ずつ混ぜ、**ラベルも同じ割合で混ぜます**。割合は毎回ベータ分布から引きます。
#
# 「間違いを覚えた割合」は、間違ったラベルの訓練画像のうち、ネットワークがそのとおりに間違って答えた割合です。比べるために、07の早期終了も加えます。シードは3つです。
#
# **予想してみよう**　ラベル平滑化で、間違いを覚えた割合はどうなるでしょうか。半分くらいに減るでしょうか。
# %% [markdown] lang="en" id="smooth-question"
# ## Experiment 1: today's recipes, yesterday's patient
#
# Patient A are the 400 digits of [07](07_choosing.ipynb), about 36% of whose labels are wrong. We try two methods that are part of many recipes today.
#
# - **Label smoothing**: the target of the correct class is 0.91 instead of 1, and the rest is spread over the other classes.
# - **mixup**: images are mixed in pairs, and **their labels by the same share**. The share is drawn anew each time, from a beta distribution.
#
# “Wrong labels learned” is the fraction of the wrongly labeled training images to which the network gives just that wrong answer. Early stopping, from 07, is there for comparison. There are 3 seeds.
#
# **Make a guess.** What will label smoothing do to the wrong labels learned? Will there be half as many?

# %% id="network"
def network(n_features, seed, rate=0.0, learning_rate=0.001, loss="sparse_categorical_crossentropy"):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(rate),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(rate),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def fit(model, x, y, epochs, seed, batch_size=32, **others):
    return training.fit(model, x, y, batch_size, epochs, seed=seed, progress=False, **others)

# %% id="mixup"
def mixup(x, y, alpha, rng):
    other = rng.permutation(len(x))
    share = rng.beta(alpha, alpha, size=(len(x), 1))
    return share * x + (1 - share) * x[other], share * y + (1 - share) * y[other]

# %% id="smooth-run"
def treat(patient, treatment, seed):
    parts = patient.train, patient.validation
    train, validation = ((part.x, keras.utils.to_categorical(part.y, 10)) for part in parts)
    smoothing = 0.1 if treatment == "smoothing" else 0.0
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    model = network(64, seed, learning_rate=0.002, loss=loss)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=10, restore_best_weights=True)
    if treatment == "mixup":
        rng = np.random.default_rng(seed)
        for epoch in range(60):
            fit(model, *mixup(*train, 4.0, rng), 1, epoch, batch_size=64)
    else:
        callbacks = [stop] if treatment == "early_stopping" else []
        fit(model, *train, 60, seed, batch_size=64, validation_data=validation, callbacks=callbacks)
    return model

# %% id="smooth-figure"
def answers(model, x):
    return keras.ops.convert_to_numpy(model(x)).argmax(axis=1)


lies, accuracy = {}, {}
for treatment in ("nothing", "smoothing", "mixup", "early_stopping"):
    name = text(f"remedy_{treatment}")
    lies[name], accuracy[name] = [], []
    for seed in range(3):
        patient = data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)
        model, wrong = treat(patient, treatment, seed), patient.wrong_labels
        lies[name].append(np.mean(answers(model, patient.train.x)[wrong] == patient.train.y[wrong]))
        accuracy[name].append(np.mean(answers(model, patient.test.x) == patient.test.y))
fig, axes = plt.subplots(1, 2, figsize=(10, 2.8), layout="constrained")
plots.plot_scores(lies, text("lies_learned"), ax=axes[0])
plots.plot_scores(accuracy, text("test_accuracy"), ax=axes[1]);

# %% [markdown] lang="ja" id="smooth-seen" claims="10-smoothing-keeps-the-lies 10-mixup-unlearns-lies"
# ラベル平滑化は、間違いを**まったく減らしませんでした**。シード10個の平均で、間違いを覚えた割合は、対策なしでもラベル平滑化でも0.8ほどです。正解率も0.73と0.74で、ほとんど変わりません。変わったのは自信で、自分の答えに付けた確率の平均が0.70から0.61に下がりました。
#
# 目標が0.91になっても、いちばん大きいのは与えられたラベルのままです。間違ったラベルなら、間違いが「学ぶべき答え」のままなのです。
#
# mixupでは、間違いを覚えた割合が0.2ほどに減り、正解率は0.84に上がりました。混ぜた画像は毎回違うので、同じ1枚の間違いを繰り返し覚えることが難しくなるのかもしれません。それでも、早期終了のほうが上でした（0.05と0.88）。古い方法が劣るわけではないのです。
#
# ラベル平滑化がラベルノイズの補正法に並んだ、という報告もあります（Lukasikほか、2020）。処方は条件しだいです。**何の病気に効く薬なのか**を、まず尋ねてください。
# %% [markdown] lang="en" id="smooth-seen" claims="10-smoothing-keeps-the-lies 10-mixup-unlearns-lies"
# Label smoothing **took away none** of the lies. Averaged over 10 seeds, the wrong labels learned are about 0.8, with label smoothing as without. Accuracy hardly changed, either: 0.73 and 0.74. What changed is confidence: the mean probability that the network gives to its own answer fell from 0.70 to 0.61.
#
# A target of 0.91 is still the largest one. If the label is wrong, the lie is still “the answer to learn”.
#
# With mixup, the wrong labels learned fell to about 0.2 and accuracy rose to 0.84. As every mixture is a new image, it may be hard to learn the same lie again and again. Early stopping did better still (0.05 and 0.88). Older need not mean worse.
#
# There is also a report in which label smoothing was competitive with methods that correct for label noise (Lukasik et al. 2020). A recipe depends on its conditions. So ask first **which illness a medicine is for**.

# %% [markdown] lang="ja" id="middle-question"
# ## 実験2　5つのネットワークを1つに
#
# 患者Bは、28×28の画像が200枚です。ラベルはすべて正しいのですが、枚数が足りません。シードの違う5つのネットワークを訓練し、3通りに平均します。
#
# - **アンサンブル**（ensemble）：5つの**予測**（確率）を平均する
# - 5つの**重み**を、同じ場所どうしで平均し、1つのネットワークにする
# - 1つのネットワークの、訓練の後半20エポックの重みを平均する（**重みの平均**、weight averaging）
#
# **予想してみよう**　5つの重みの平均は、アンサンブルと同じくらいでしょうか。1つずつのネットワークと同じくらいでしょうか。
# %% [markdown] lang="en" id="middle-question"
# ## Experiment 2: five networks into one
#
# Patient B are 200 images of 28 × 28 pixels. All labels are correct, but there are too few images. We train five networks with different seeds and average in three ways.
#
# - An **ensemble**: the mean of their five **predictions** (probabilities)
# - The mean of their five **weights**, place by place, in a single network
# - The mean of the weights that one network had in the last 20 epochs of its training (**weight averaging**)
#
# **Make a guess.** Will the mean of the five weights be about as good as the ensemble? Or as a single network?

# %% id="middle-train"
def flat(part):
    return part.x.reshape(len(part.x), -1), part.y


images = data.mnist_sample(200, 200, seed=0)
new_x, new_y = flat(images.test)
nets, road = [], []
for seed in range(5):
    net = network(784, seed)
    remember = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: road.append(net.get_weights())
    )
    fit(net, *flat(images.train), 40, seed, callbacks=[remember] if seed == 0 else [])
    nets.append(net)

# %% id="middle-run"
def averaged(weights):
    middle = network(784, seed=0)
    middle.set_weights([np.mean(same_place, axis=0) for same_place in zip(*weights)])
    return middle


def probabilities(model):
    return keras.ops.convert_to_numpy(model(new_x))


predictions = {
    "one_network": [probabilities(net) for net in nets],
    "mean_of_predictions": [np.mean([probabilities(net) for net in nets], axis=0)],
    "mean_of_weights": [probabilities(averaged([net.get_weights() for net in nets]))],
    "mean_along_the_way": [probabilities(averaged(road[20:]))],
}

# %% id="middle-figure"
scores = {}
for name, several in predictions.items():
    scores[text(name)] = [
        (np.mean(p.argmax(axis=1) == new_y), calibration.log_likelihood(p, new_y)) for p in several
    ]
plots.plot_scores({name: np.array(s)[:, 0] for name, s in scores.items()}, text("test_accuracy"))
columns = [text("test_accuracy"), text("test_log_likelihood")]
pd.DataFrame({name: np.mean(s, axis=0) for name, s in scores.items()}, index=columns).T.round(3)

# %% [markdown] lang="ja" id="middle-seen" claims="10-answers-averaged 10-middle-of-weights-guesses"
# **5つの重みの平均は、使いものになりません**でした。正解率は、10個のシードの平均で0.3ほどです（1つずつなら0.8ほど）。隠れ層のユニットには、決まった順番がありません。あるネットワークの7番のユニットと同じ働きを、別のネットワークでは31番がしています。同じ場所どうしを平均すると、別々の働きが混ざってしまいます。確かめるために、1つのネットワークの隠れ層のユニットを**並べ替えただけ**の複製を5つ作りました。予測はまったく同じです。それでも、重みを平均すると、正解率は0.2ほどに落ちました。
#
# 予測の平均なら、順番は関係ありません。アンサンブルは、10個のシードのすべてで1つずつの平均を上回りました。正解率の差は0.01足らずですが、対数尤度は0.05ほど上がります。計算は5倍かかります。
#
# 1つの訓練の道のりでの平均は、同じ順番のままなので、壊れません。ただし、このデータでは正解率はほとんど変わりませんでした。Kerasでは`Adam(use_ema=True)`や`SwapEMAWeights`が、移動平均でこれをします。学習率を一定に保つか、周期的に変えながら道のりを平均する方法は**SWA**といい、画像の大きなネットワークで効いたと報告されています（Izmailovほか、2018）。
#
# **平均するのは、1つの道のりの重みか、予測です。別々の道の重みではありません。**
# %% [markdown] lang="en" id="middle-seen" claims="10-answers-averaged 10-middle-of-weights-guesses"
# **The mean of the five weights is of no use.** Its accuracy is about 0.3 (mean over 10 seeds), where a single network has about 0.8. Nobody gave the hidden units an order. What unit 7 does in one network, unit 31 does in another, and averaging place by place mixes up different jobs. To check this, we made five copies of a single network that merely have their hidden units **in another order**. Their predictions are exactly the same, yet the mean of their weights has an accuracy of about 0.2.
#
# For predictions the order does not matter. For all 10 seeds the ensemble beat the mean of its single networks. The gain in accuracy is below 0.01, but the log-likelihood rises by about 0.05. It costs five times the computing.
#
# Averaging along one training run does no harm, because the order stays the same. On these data, though, it hardly changed the accuracy. In Keras, `Adam(use_ema=True)` and `SwapEMAWeights` do it as a moving average. Averaging along the way, with a learning rate that is constant or goes up and down, is called **SWA**; it is reported to help large image networks (Izmailov et al. 2018).
#
# **Average the weights along one road, or predictions; never weights of different roads.**

# %% [markdown] lang="ja" id="borrow-question"
# ## 実験3　よその読み手を借りる
#
# 手もとには、いつもの8×8の数字が少ししかありません。ところが隣町に、**別の人たちが書いた**数字5000枚で訓練したネットワークがあります（MNISTの画像を8×8に直したものです）。これを借り、自分のデータで訓練を続けます。ほかで訓練した重みから始めることを**転移学習**（transfer learning）、最初の訓練を**事前学習**（pretraining）、続きの訓練を**微調整**（fine-tuning、ファインチューニングとも）といいます。
#
# **予想してみよう**　自分の50枚だけで訓練すると正解率は0.82ほど、借りたままだと0.77ほどです。借りてから50枚で訓練を続けると、どうなるでしょうか。2つの間でしょうか。
# %% [markdown] lang="en" id="borrow-question"
# ## Experiment 3: somebody else's reader
#
# You have only a few of the usual 8 × 8 digits. But in the next town there is a network trained on 5000 digits written **by other people** (images of MNIST, brought down to 8 × 8). You borrow it and train it on with your own data. Starting from weights trained elsewhere is **transfer learning**; the first training is called **pretraining**, the one that follows **fine-tuning**.
#
# **Make a guess.** With your own 50 images alone, accuracy is about 0.82; the borrowed network as it is has about 0.77. What will it be after training the borrowed one on with the 50 images? Something between the two?

# %% id="borrow-run"
borrowed = network(64, seed=0)
fit(borrowed, *data.neighbor_digits(), 10, seed=0)


def train_on(rows, seed, start=None, learning_rate=0.001):
    net = network(64, 100 + seed, learning_rate=learning_rate)
    if start is not None:
        net.set_weights(start.get_weights())
    fit(net, *rows, 60, seed, batch_size=10)
    return net

# %% id="borrow-figure"
def borrowing(n, seed):
    own = data.digits(n_train=400, seed=seed)
    rows = own.train.x[:n], own.train.y[:n]
    models = [train_on(rows, seed), borrowed, train_on(rows, seed, borrowed)]
    return [np.mean(answers(model, own.test.x) == own.test.y) for model in models]


sizes = [20, 50, 100, 400]
found = np.array([[borrowing(n, seed) for seed in range(3)] for n in sizes])
names = [text(name) for name in ("own_rows_only", "borrowed_as_it_is", "borrowed_and_trained_on")]
curves = {name: found[:, :, i] for i, name in enumerate(names)}
plots.plot_validation_curve(sizes, curves, text("test_accuracy"), xlabel=text("training_rows"));

# %% id="borrow-long"
for rate in (0.001, 0.05):
    scores = []
    for seed in range(3):
        own = data.digits(n_train=400, seed=seed)
        net = train_on((own.train.x[:20], own.train.y[:20]), seed, borrowed, learning_rate=rate)
        scores.append(np.mean(answers(net, own.test.x) == own.test.y))
    print(f"Adam({rate}): {text('test_accuracy')} {np.mean(scores):.2f}")

# %% [markdown] lang="ja" id="borrow-seen" claims="10-taken-over-beats-both 10-long-steps-forget"
# 50枚では、借りて訓練を続けたネットワークの正解率は、シード10個の平均で0.88ほどでした。自分だけ（0.82）より、借りたまま（0.77）より、**どちらよりも上**です。2つの知識が合わさったのです。400枚あると、自分だけでも0.95になり、差は0.01ほどに縮みます。借りる価値は、**データが少ないときほど**大きいのです。
#
# 下の2行は、20枚で続けた場合です。学習率を50倍にすると、正解率は**借りたままより下がり**ました（シード10個の平均で、0.77に対して0.6ほど）。隣町の数字での正解率も、0.97から0.35ほどに落ちています（元の学習率なら0.9ほど）。20枚に合わせようとして、借りた知識を壊してしまったのです。これを**破滅的忘却**（catastrophic forgetting）といい、微調整での過学習ともいえます。
#
# 重みは出発点です。データが少ないなら、短い歩幅で、遠くへ行かないこと。早期終了とL2が、別の服を着て現れました。初めの層を動かさない（**凍結**、freezing）方法もあり、次の練習で試します。
# %% [markdown] lang="en" id="borrow-seen" claims="10-taken-over-beats-both 10-long-steps-forget"
# With 50 images, the borrowed network that was trained on has an accuracy of about 0.88 (mean over 10 seeds). That is **above both**: the own images alone (0.82) and the borrowed network as it is (0.77). What the two know has come together. With 400 images of your own, you reach 0.95 by yourself, and the difference shrinks to about 0.01. Borrowing is worth most **where data are few**.
#
# The two lines below the figure are for 20 images. With a learning rate 50 times as large, accuracy falls **below that of the untouched network** (to about 0.6 from 0.77, mean over 10 seeds). On the digits of the next town it falls from 0.97 to about 0.35 (with the first learning rate, to about 0.9). Bent on fitting 20 images, it destroyed what it had borrowed. This is called **catastrophic forgetting**; it is overfitting in fine-tuning.
#
# Weights are a place to start from. With few data, take short steps and do not go far: early stopping and L2, in new clothes. One can also keep the first layers as they are (**freezing**); that is the next exercise.

# %% [markdown] lang="ja" id="ex-take-over" tags=["exercise"]
# ### 練習1　引き継ぐ
#
# 関数`take_over(borrowed, rate)`を書いてください。返すのは、`borrowed`と**同じ構成、同じ重み**の新しいモデルで、**最初の層は凍結**し、`Adam(rate)`と`"sparse_categorical_crossentropy"`でコンパイルしてあるものです。`borrowed`は変えてはいけません。
#
# <details><summary>ヒント1</summary>
#
# 構成、重み、凍結、コンパイル、の順に進みます。
#
# </details>
# <details><summary>ヒント2</summary>
#
# `keras.models.clone_model`は構成だけを写します。重みは`set_weights`で写します。凍結は`model.layers[0].trainable = False`です。
#
# </details>
# %% [markdown] lang="en" id="ex-take-over" tags=["exercise"]
# ### Exercise 1: take it over
#
# Write a function `take_over(borrowed, rate)`. It returns a new model with the **same plan and the same weights** as `borrowed`, its **first layer frozen**, compiled with `Adam(rate)` and `"sparse_categorical_crossentropy"`. It must leave `borrowed` as it is.
#
# <details><summary>Hint 1</summary>
#
# Plan, weights, freezing, compiling: in this order.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `keras.models.clone_model` copies the plan only. Copy the weights with `set_weights`, and freeze with `model.layers[0].trainable = False`.
#
# </details>

# %% id="ex-take-over-answer" tags=["exercise"]
def take_over(borrowed, rate):
    ...

# %% id="ex-take-over-solution" tags=["solution"]
def take_over(borrowed, rate):
    model = keras.models.clone_model(borrowed)
    model.set_weights(borrowed.get_weights())
    model.layers[0].trainable = False
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% id="ex-take-over-check" tags=["check"]
check("10-take-over", take_over)

# %% [markdown] lang="ja" id="once-question"
# ## 実験4　1回読むか、40回読むか
#
# いよいよ巨人と子どもです。どちらも、10枚ずつ400ステップ訓練します。巨人は4000枚を1回、子どもは100枚を40回読みます。間には、1000枚を4回、400枚を10回もあります。本には誤植があります。5枚に1枚のラベルを引き直し、18%ほどを間違いにしました。それぞれ、`Dropout(0.5)`のありとなしを比べます。
#
# **予想してみよう**　ドロップアウトは、両方に効くでしょうか。どちらにも効かないでしょうか。
# %% [markdown] lang="en" id="once-question"
# ## Experiment 4: read once, or forty times
#
# Now for the giant and the child. Both train for 400 steps of ten images. The giant reads 4000 images once, the child 100 images forty times; in between are 1000 images four times and 400 ten times. The books have misprints: for one image in five the label is drawn anew, so that about 18% are wrong. We compare training with and without `Dropout(0.5)`.
#
# **Make a guess.** Will dropout help both of them? Or neither?

# %% id="once-run"
def reading(n_rows, rate, seed):
    images, rng = data.mnist_sample(4000, 100, seed=seed), np.random.default_rng(seed)
    (x, y), (new_x, new_y) = flat(images.train), flat(images.test)
    y = np.where(rng.random(len(y)) < 0.2, rng.integers(0, 10, len(y)), y)
    net = network(784, seed, rate=rate)
    fit(net, x[:n_rows], y[:n_rows], 4000 // n_rows, seed, batch_size=10)
    p = keras.ops.convert_to_numpy(net(new_x))
    return np.array([np.mean(p.argmax(axis=1) == new_y), calibration.log_likelihood(p, new_y)])

# %% id="once-figure"
passes = [1, 4, 10, 40]
gains = np.array([
    [reading(4000 // k, 0.5, seed) - reading(4000 // k, 0.0, seed) for seed in range(2)] for k in passes
])
fig, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
for i, name in enumerate(["gain_in_accuracy", "gain_in_log_likelihood"]):
    gain = {text("dropout_half"): gains[:, :, i]}
    plots.plot_validation_curve(passes, gain, text(name), xlabel=text("times_seen"), ax=axes[i])
    axes[i].axhline(0, color="black", linewidth=1, linestyle=":")

# %% [markdown] lang="ja" id="once-seen" claims="10-dropout-harms-once-and-helps-often"
# **巨人には害になり、子どもには効きました。** 図は、ドロップアウトを加えたときの変化です。シード8個で測ると、1回だけ読むときは、正解率が0.03から0.11下がり、対数尤度も8個すべてで下がりました。平均では、40回読むときに対数尤度が0.3ほど、10回読むときに正解率が0.05ほど上がりました。害から得に変わるのは、正解率では4回と10回の間、対数尤度では10回のあたりです。
#
# 1回しか見ない行は、丸暗記のしようがありません。縮めるべき差が初めからないので、対策は学ぶのを遅くするだけなのかもしれません。
#
# **手で隠す練習が古くなったのではありません。巨人には要らないのです。** 「ネットワークが大きいか」より先に、「同じ行を何回見るか」を尋ねてください。
# %% [markdown] lang="en" id="once-seen" claims="10-dropout-harms-once-and-helps-often"
# **It harms the giant and helps the child.** The figure shows what changes when dropout is added. Measured with 8 seeds: read once, accuracy falls by 0.03 to 0.11, and the log-likelihood falls for all 8. On average, the log-likelihood rises by about 0.3 for those read forty times, and accuracy by about 0.05 for those read ten times. Harm turns into gain between four and ten times for accuracy, and at about ten for the log-likelihood.
#
# A row that is seen only once cannot be learned by heart. There is no gap to close, and so a remedy may merely slow the learning down.
#
# **The hand has not become useless. The giant does not need it.** Before you ask how large a network is, ask how often it sees the same row.

# %% [markdown] lang="ja" id="language-models"
# ## 大規模言語モデルでは
#
# **大規模言語モデル**（large language model）は、この課では訓練できません。代わりに、作った人たちが書いたことを読みましょう。実験の結果と重なるところが多くあります。ただし、小さな実験が大きなモデルを説明する、とまではいえません。
#
# | 問い | 書いてあること |
# |---|---|
# | 重み減衰は | GPT-3は「少しの正則化のために」0.1の重み減衰を使った（Brownほか、2020、付録B）。LLaMAもAdamWで0.1、学習率はコサインで下げる（Touvronほか、2023、2.3節） |
# | ドロップアウトは | T5 1.1は事前学習で切り、質が上がった。微調整では入れ直すように、とある（公開モデルの説明） |
# | 何回読むか | LLaMAでは、ほとんどの文章を1回だけ、Wikipediaと本は2回ほど使った（同、2.1節）。4回までの繰り返しは新しい文章とほぼ変わらず、それ以上では計算を足す価値がやがてなくなる（Muennighoffほか、2023、要旨）。繰り返すと過学習し、ドロップアウトが効いた（Xueほか、2023） |
# | 重複は | C4という文章の集まりでは、61語の1文が60000回以上現れた。重複を除くと、丸暗記した文の出力が10分の1に減った（Leeほか、2022、要旨） |
# | テストの混入は | GPT-3は、テストと重なる文章を探して除こうとした。しかし、不具合で一部が残り、訓練し直す費用はなかった（Brownほか、2020、2.2節） |
# | 微調整では | 検証損失は1エポックで過学習になった。それでも16エポック訓練すると、人の評価は上がった。ドロップアウトは0.2（Ouyangほか、2022、3.5節） |
#
# 実験4では、4回読むと1回より悪くなりました（正解率0.84と0.89）。「4回までなら変わらない」は、文章と大きなモデルでの結果です。最後の行も見てください。**何を測るかで、過学習かどうかが変わります。**
# %% [markdown] lang="en" id="language-models"
# ## In large language models
#
# We cannot train a **large language model** in this lesson. Let us read instead what those who made them wrote. Much of it agrees with our experiments, which is not to say that small experiments explain large models.
#
# | question | what is written |
# |---|---|
# | weight decay? | GPT-3 used a weight decay of 0.1 “to provide a small amount of regularization” (Brown et al. 2020, appendix B). LLaMA, too: AdamW with 0.1, and a learning rate that falls along a cosine (Touvron et al. 2023, section 2.3) |
# | dropout? | T5 1.1 turned it off in pretraining, which raised quality; it should be turned on again for fine-tuning (notes of the released models) |
# | how often is a text read? | LLaMA used most of its text only once, Wikipedia and books about 2 times (section 2.1). Up to 4 passes are almost as good as new text; with more, adding computing is in the end worth nothing (Muennighoff et al. 2023, abstract). Repeated text brings overfitting, and dropout helped (Xue et al. 2023) |
# | duplicates? | In the collection C4 a single sentence of 61 words stood more than 60000 times. Without duplicates, models emitted memorized text 10 times less often (Lee et al. 2022, abstract) |
# | test data in the training data? | For GPT-3, text that overlaps with tests was searched for, to be removed. Because of a bug some remained, and training again was too expensive (Brown et al. 2020, section 2.2) |
# | fine-tuning? | The validation loss overfitted after 1 epoch. Training for 16 epochs nevertheless improved what people thought of the answers. Dropout was 0.2 (Ouyang et al. 2022, section 3.5) |
#
# In experiment 4, reading 4 times was worse than reading once (accuracy 0.84 and 0.89). That 4 passes are almost free is a result for text and large models. And look at the last row: **what you measure decides what is overfitting.**

# %% [markdown] lang="ja" id="ex-copies" tags=["exercise"]
# ### 練習2　紛れ込んだコピー
#
# テストの正解率は0.93なのに、使う人は「もっと間違える」と言います。調べると、テスト画像のコピーが訓練データに入っていました（**データ汚染**、contamination）。1画素ずらしたコピーもあります。患者Bで、テスト画像の半分をコピーで加えると、正解率はテストで0.92、新しい画像で0.85でした。ずらしたコピーでも0.89と0.84です。
#
# 関数`contaminated(train, test)`を書いてください。引数は2つとも28×28の画像の配列です。`test`の画像ごとに、**そのまま**、または**8方向のどれかに1画素ずらして**`train`に入っていれば`True`とする配列を返します。
#
# <details><summary>ヒント1</summary>
#
# 1枚のテスト画像から、ずらし方を変えて9枚の画像を作れます。そのどれかが`train`にあるかを調べます。
#
# </details>
# <details><summary>ヒント2</summary>
#
# `np.roll(image, (dy, dx), axis=(0, 1))`でずらせます。`tobytes()`で画像を文字列にし、`set`に入れておくと、すばやく探せます。
#
# </details>
# %% [markdown] lang="en" id="ex-copies" tags=["exercise"]
# ### Exercise 2: copies that slipped in
#
# Test accuracy is 0.93, yet users say that it errs more often. It turns out that copies of test images stand in the training data (**contamination**), some of them moved by 1 pixel. For patient B, with copies of half of the test images, accuracy was 0.92 on the test and 0.85 on new images; with moved copies it was 0.89 and 0.84.
#
# Write a function `contaminated(train, test)`. Both are arrays of 28 × 28 images. It returns an array with `True` for each image of `test` that stands in `train`, **as it is** or **moved by 1 pixel in any of the 8 directions**.
#
# <details><summary>Hint 1</summary>
#
# From one test image you can make 9 images by moving it. Is any of them in `train`?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.roll(image, (dy, dx), axis=(0, 1))` moves an image. Turned into bytes by `tobytes()` and kept in a `set`, images are found quickly.
#
# </details>

# %% id="ex-copies-answer" tags=["exercise"]
def contaminated(train, test):
    ...

# %% id="ex-copies-solution" tags=["solution"]
def contaminated(train, test):
    known = {image.tobytes() for image in train}
    moves = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return np.array([
        any(np.roll(image, move, axis=(0, 1)).tobytes() in known for move in moves) for image in test
    ])

# %% id="ex-copies-check" tags=["check"]
check("10-copies", contaminated)

# %% [markdown] lang="ja" id="copies-seen" claims="10-copies-raise-the-score"
# 重複を探して除くこと（**重複除去**、deduplication）と、テストの混入を調べることは、言語モデルのデータ作りの日課です。`True`になった画像は、テストから外すか、訓練データから外して、測り直してください。
# %% [markdown] lang="en" id="copies-seen" claims="10-copies-raise-the-score"
# To look for duplicates and remove them (**deduplication**), and to search for test data, is daily work for those who prepare data for language models. Take images that are `True` out of the test, or out of the training data, and measure again.

# %% [markdown] lang="ja" id="eigen-question"
# ## 発展1　早期終了はL2に似ている
#
# 「早期終了はL2正則化と同じだ」といわれます。どこまで本当なのか、線形モデルで測りましょう。
#
# 特徴量の行列を$X$、行数を$n$とします。平均二乗誤差の**ヘッセ行列**（Hessian、2階微分の行列）は$\frac{2}{n}X^\top X$です。$\frac{1}{n}X^\top X$の固有ベクトルの向きに分けて見ると、向き$j$ごとに話が独立します。固有値を$s_j$、訓練データに最もよく合う重みを$w_j^\ast$とすると、0から始めた勾配降下法（学習率$\eta$）の$t$ステップ後と、$\lambda$のL2の解は、次のとおりです。
#
# $$w_j = \left(1 - (1 - 2\eta s_j)^t\right) w_j^\ast \qquad\qquad w_j = \frac{s_j}{s_j + \lambda}\, w_j^\ast$$
#
# どちらも、固有値の大きい向きはほぼそのまま残し、小さい向きを0の近くに抑えます。$s_j$が小さいときは、左が$2\eta t\, s_j w_j^\ast$、右が$s_j w_j^\ast / \lambda$に近いので、$\lambda = 1/(2\eta t)$とすれば、2つはそろいます。
#
# **予想してみよう**　この$\lambda$で、2つの残す割合は、すべての向きでほぼ同じになるでしょうか。
# %% [markdown] lang="en" id="eigen-question"
# ## Advanced 1: early stopping resembles L2
#
# “Early stopping is the same as L2 regularization”, one hears. Let us measure on a linear model how far this is true.
#
# Let $X$ be the matrix of features and $n$ the number of rows. The **Hessian** of the mean squared error, its matrix of second derivatives, is $\frac{2}{n}X^\top X$. Along the eigenvectors of $\frac{1}{n}X^\top X$ everything falls apart into independent directions $j$. With the eigenvalue $s_j$ and the weight $w_j^\ast$ that fits the training data best, gradient descent from 0 with the learning rate $\eta$ has, after $t$ steps, the weight on the left, and L2 with $\lambda$ the one on the right:
#
# $$w_j = \left(1 - (1 - 2\eta s_j)^t\right) w_j^\ast \qquad\qquad w_j = \frac{s_j}{s_j + \lambda}\, w_j^\ast$$
#
# Both keep directions with a large eigenvalue almost as they are, and hold those with a small one close to 0. For small $s_j$ the left is about $2\eta t\, s_j w_j^\ast$ and the right about $s_j w_j^\ast / \lambda$: with $\lambda = 1/(2\eta t)$ they agree.
#
# **Make a guess.** With this $\lambda$, will both keep about the same share in all directions?

# %% id="eigen-problem"
def problem(seed):
    rows = data.linear_regression(
        n_train=40, n_features=20, weight_sd=0.5, noise=2.0, scales=np.geomspace(2, 0.2, 20), seed=seed
    )
    x, y = rows.train.x - rows.train.x.mean(axis=0), rows.train.y - rows.train.y.mean()
    new_x, new_y = rows.test.x - rows.train.x.mean(axis=0), rows.test.y - rows.train.y.mean()
    s, directions = np.linalg.eigh(x.T @ x / len(x))
    solution = directions.T @ (x.T @ y / len(x)) / s

    def error(kept):
        return np.mean((new_x @ directions @ (kept * solution) - new_y) ** 2)

    return x, y, s, directions, solution, error

# %% id="eigen-run"
rate, steps = 0.01, 300
x, y, s, directions, solution, _ = problem(seed=0)
dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
linear = keras.Sequential([keras.Input((20,)), dense])
linear.compile(keras.optimizers.SGD(rate), "mean_squared_error")
fit(linear, x, y, steps, seed=0, batch_size=len(x))
stopped = directions.T @ dense.get_weights()[0][:, 0] / solution
kept = {text("early_stopping"): stopped, text("matching_l2"): s / (s + 1 / (2 * rate * steps))}

# %% id="eigen-figure"
strengths = np.geomspace(0.01, 10, 13)
errors = {text("early_stopping"): [], text("matching_l2"): []}
for strength in strengths:
    for name, same in zip(errors, (lambda s: 1 - (1 - 2 * rate * s) ** (1 / (2 * rate * strength)),
                                   lambda s: s / (s + strength))):
        errors[name].append(np.mean([error(same(s)) for *_, s, _, _, error in map(problem, range(20))]))
fig, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
plots.plot_validation_curve(s, kept, text("share_kept"), xlabel=text("eigenvalue"), ax=axes[0])
xlabel = text("strength_or_steps")
plots.plot_validation_curve(strengths, errors, text("distance_from_truth"), xlabel=xlabel, ax=axes[1]);

# %% [markdown] lang="ja" id="eigen-seen" claims="10-stopping-in-the-eigenbasis 10-stopping-as-good-as-l2"
# 左の図はKerasで300ステップ訓練した重みで、上の左の式とぴったり一致します。L2と形は似ていますが、同じではありません。早期終了は、どの向きでもL2より**多く**残し、差はいちばん大きい所で0.2ほどになります。
#
# 右の図は、真の値との誤差を20組のデータで平均したものです。いちばんよい所どうしを比べると、10個のシードのどれでも、2つの差は30%まででした。どちらも、何もしない場合（左端の先）より小さくなります。**同じものではなく、よく似た2つの道具**です。ネットワークでは重みの表すものが訓練の途中で変わるので、このような式はありません。
# %% [markdown] lang="en" id="eigen-seen" claims="10-stopping-in-the-eigenbasis 10-stopping-as-good-as-l2"
# On the left are the weights after 300 steps in Keras; they follow the left formula exactly. The shape is like that of L2, but it is not the same: in every direction early stopping keeps **more**, and where they differ most, the difference is about 0.2.
#
# On the right is the error from the truth, averaged over 20 data sets. Comparing the best of each, the two differed by at most 30% for any of 10 seeds. Both have less error than no remedy at all (beyond the left end). They are **two tools that are much alike, not one and the same**. For networks there is no such formula, since what the weights stand for changes during training.

# %% [markdown] lang="ja" id="decay-question"
# ## 発展2　重み減衰、スケジュール、バッチの大きさ
#
# [03](03_l2.ipynb)の発展で見たように、AdamWは毎ステップ$w \leftarrow w - \eta_t\, d\, w$と重みを縮めます。$d$は減衰の強さ、$\eta_t$はそのステップの学習率です。データの力がなければ、$T$ステップ後の重みは$\prod_t (1 - \eta_t d) \approx \exp(-d \sum_t \eta_t)$倍です。つまり、効き目は$d$だけでなく、**学習率の合計**で決まります。
#
# - 学習率をコサインで0まで下げる**学習率のスケジュール**（learning rate schedule）では、合計が半分になります。
# - エポック数が同じなら、バッチを4倍にすると、ステップ数が4分の1になります。
#
# 640行、50エポック、$\eta = 0.01$、$d = 0.1$で確かめます。入力はすべて0なので、データの力はありません。
#
# **予想してみよう**　バッチ32で一定の学習率なら、重みは0.37倍になります。コサインでは、バッチ128では、それぞれ何倍でしょうか。
# %% [markdown] lang="en" id="decay-question"
# ## Advanced 2: weight decay, schedule and batch size
#
# As you saw in the advanced part of [03](03_l2.ipynb), AdamW shrinks weights by $w \leftarrow w - \eta_t\, d\, w$ in each step, where $d$ is the strength of the decay and $\eta_t$ the learning rate of that step. Without any force from the data, $T$ steps multiply a weight by $\prod_t (1 - \eta_t d) \approx \exp(-d \sum_t \eta_t)$. So the effect depends not on $d$ alone but on the **sum of the learning rates**.
#
# - A **learning rate schedule** that falls to 0 along a cosine halves the sum.
# - With the same number of epochs, a batch 4 times as large means a quarter of the steps.
#
# We check this with 640 rows, 50 epochs, $\eta = 0.01$ and $d = 0.1$. All inputs are 0, so the data exert no force.
#
# **Make a guess.** With batches of 32 and a constant learning rate, the weight is multiplied by 0.37. What will it be with the cosine, and with batches of 128?

# %% id="decay-run"
def without_force(rate, batch_size):
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.1), "mean_squared_error")
    nothing = np.zeros((640, 1))
    fit(model, nothing, nothing, 50, seed=0, batch_size=batch_size)
    return layer.get_weights()[0][0, 0]


cosine = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=1000)
for name, rate, batch_size in (
    ("constant_rate", 0.01, 32), ("cosine_rate", cosine, 32), ("constant_rate", 0.01, 128)
):
    print(f"{text(name, n=batch_size)}: {without_force(rate, batch_size):.2f}")

# %% [markdown] lang="ja" id="decay-seen" claims="10-decay-adds-up-the-learning-rates 10-decay-and-batch-size"
# 0.37倍、0.61倍、0.78倍でした。$e^{-1}$、$e^{-1/2}$、$e^{-1/4}$です。学習率、スケジュール、バッチ、エポック数のどれを変えても、減衰の効き目が変わります。$1/(\eta d)$ステップは、重みが昔の更新を忘れるまでの長さとみることもできます。WangとAitchison（2025）は、この長さをエポックで数えたときの最適値は、モデルやデータの大きさを変えてもあまり変わらない、と報告しています。
#
# では、バッチを大きくしたら、その分だけ$d$を大きくすればよいのでしょうか。患者Aで測ると、違いました。バッチ64で$d = 4$の正解率は、シード6個の平均で0.86ほどです。バッチを200にしても、$d = 4$のままで0.87ほどでした。3倍の12にすると、0.8ほどに下がりました。データの力があると、1ステップの更新とのつり合いも決まるからかもしれません。**バッチや学習率を変えたら、$d$も検証データで選び直す**のが確かです。
# %% [markdown] lang="en" id="decay-seen" claims="10-decay-adds-up-the-learning-rates 10-decay-and-batch-size"
# It is 0.37, 0.61 and 0.78: $e^{-1}$, $e^{-1/2}$ and $e^{-1/4}$. Change the learning rate, the schedule, the batch or the epochs, and you change what decay does. One can also see $1/(\eta d)$ steps as the time after which the weights have forgotten an update. Wang and Aitchison (2025) report that the best value of this time, counted in epochs, changes little with the size of model and data.
#
# Then should $d$ grow with the batch? Measured on patient A: no. With batches of 64 and $d = 4$ accuracy is about 0.86 (mean over 6 seeds). With batches of 200 and the same $d = 4$ it is about 0.87; with three times that, 12, it falls to about 0.8. Where the data exert a force, the balance with the size of a single update may matter, too. The safe way: **when you change batch or learning rate, choose $d$ again on validation data**.

# %% [markdown] lang="ja" id="ex-shrink" tags=["exercise"]
# ### 練習3　減衰の合計
#
# 言語モデルを、AdamW（$d = 0.1$）で10000ステップ訓練します。学習率は0.0003から、コサインで0まで下げます。データの力がなければ、重みは最後に何倍になるでしょうか。
#
# <details><summary>ヒント</summary>
#
# 学習率の合計は、一定のときの半分です。$\exp(-d \sum_t \eta_t)$を使います。
#
# </details>
# %% [markdown] lang="en" id="ex-shrink" tags=["exercise"]
# ### Exercise 3: the sum of the decay
#
# A language model is trained for 10000 steps with AdamW ($d = 0.1$). The learning rate falls from 0.0003 to 0 along a cosine. Without any force from the data, by what are the weights multiplied in the end?
#
# <details><summary>Hint</summary>
#
# The learning rates add up to half of what they would if constant. Use $\exp(-d \sum_t \eta_t)$.
#
# </details>

# %% id="ex-shrink-answer" tags=["exercise"]
answer = ...

# %% id="ex-shrink-solution" tags=["solution"]
answer = np.exp(-0.1 * 0.0003 * 10000 / 2)

# %% id="ex-shrink-check" tags=["check"]
check("10-shrink", answer)

# %% [markdown] lang="ja" id="stop-question"
# ## 発展3　いつ止めるか、止めたあとどうするか
#
# Prechelt（1998）は、止める規則を3つに整理しました。$E_{va}(t)$をエポック$t$の検証損失、$E_{opt}(t)$をそれまでの最小とします。
#
# - **GL**（generalization loss）：$100\,(E_{va}(t)/E_{opt}(t) - 1)$が$\alpha$を超えたら止めます。
# - **PQ**：GLを、訓練損失がまだどのくらい下がっているかで割り、$\alpha$を超えたら止めます。
# - **UP**：5エポックごとに見て、検証損失が$s$回続けて上がったら止めます。
#
# Kerasの`EarlyStopping`の`patience`は、また別の規則です。どの規則でも、使うのは検証損失が最小だったエポックの重みです。
#
# 患者Bで比べます。1回の訓練の曲線から、どの規則なら何エポックで止まったかが分かります。テストデータでの正解率は、同じシードの訓練をもう1度、テストデータで見て求めました（規則を選ぶのには使いません）。
#
# **予想してみよう**　長く待つ規則は、どのくらい得をするでしょうか。
# %% [markdown] lang="en" id="stop-question"
# ## Advanced 3: when to stop, and what to do afterwards
#
# Prechelt (1998) sorted the rules for stopping into three kinds. Let $E_{va}(t)$ be the validation loss of epoch $t$ and $E_{opt}(t)$ the lowest one so far.
#
# - **GL** (generalization loss): stop when $100\,(E_{va}(t)/E_{opt}(t) - 1)$ exceeds $\alpha$.
# - **PQ**: divide GL by how much the training loss is still falling, and stop when this exceeds $\alpha$.
# - **UP**: look every 5 epochs, and stop when the validation loss has risen $s$ times in a row.
#
# The `patience` of Keras' `EarlyStopping` is a rule of its own. With any of them, the weights to use are those of the epoch with the lowest validation loss.
#
# We compare them on patient B. From the curves of a single training we can tell when each rule would have stopped. For the accuracy on test data, training with the same seed was repeated and watched on the test data (it does not choose a rule).
#
# **Make a guess.** How much is gained by rules that wait longer?

# %% id="stop-curves"
parts = [flat(part) for part in (images.train, images.validation, images.test)]
watched = [network(784, seed=0) for _ in range(2)]
by_validation, by_test = (
    fit(net, *parts[0], 60, seed=0, validation_data=part).columns for net, part in zip(watched, parts[1:])
)
loss, test_accuracy = by_validation["val_data_loss"], by_test["val_accuracy"]

# %% id="stop-run"
loss = np.asarray(loss)
lowest = np.minimum.accumulate(loss)
gl = 100 * (loss / lowest - 1)
since_lowest = np.arange(60) - [np.argmin(loss[: t + 1]) for t in range(60)]
ends = loss[4::5]
rises = np.concatenate([[False], ends[1:] > ends[:-1]])
stops = {
    "GL, α = 1": np.argmax(gl > 1) + 1,
    "GL, α = 5": np.argmax(gl > 5) + 1,
    "UP, s = 2": 5 * (np.argmax(rises[1:] & rises[:-1]) + 2),
    "patience = 2": np.argmax(since_lowest >= 2) + 1,
    "patience = 10": np.argmax(since_lowest >= 10) + 1,
}

# %% id="stop-table"
rows = {}
for rule, stop in stops.items():
    best = np.argmin(loss[:stop])
    rows[rule] = [stop, best + 1, round(test_accuracy[best], 3)]
columns = [text("stops_after"), text("epoch_kept"), text("test_accuracy")]
pd.DataFrame(rows, index=columns).T.astype({columns[0]: int, columns[1]: int})

# %% [markdown] lang="ja" id="stop-seen" claims="10-slow-rules-gain-little"
# 規則によって、訓練の長さは2倍ほど違います。ところが、残す重みの正解率は、シード10個のどれでも0.03までしか違いませんでした。Precheltは1296回の訓練から、遅い規則は汎化を4%ほどよくするが、4倍ほど時間がかかる、とまとめています（1998）。**まず`patience=10`のような緩い規則で始めれば十分**です。
# %% [markdown] lang="en" id="stop-seen" claims="10-slow-rules-gain-little"
# The rules differ by a factor of about 2 in how long they train. Yet the accuracy of the weights they keep differed by at most 0.03 for any of 10 seeds. From 1296 trainings Prechelt concluded that slower rules generalize about 4% better and take about 4 times as long (1998). **A patient rule such as `patience=10` is enough to begin with.**

# %% [markdown] lang="ja" id="retrain-question"
# ### 全部のデータで訓練し直す
#
# 止めるために、200枚の検証データは訓練から外してありました。よいエポック数が分かったら、検証データも加えて、初めから訓練し直せます。止める時期を教えてくれるデータは、もうありません。Goodfellowほか（2016、7.8節）は、同じ**エポック数**にするか、同じ**ステップ数**にするかに決まった答えはない、と書いています。
#
# **予想してみよう**　患者Bで、どちらがよいでしょうか。訓練し直さないより、よくなるでしょうか。
# %% [markdown] lang="en" id="retrain-question"
# ### Training again on all data
#
# To know when to stop, 200 validation images were kept out of the training. Once the number of epochs is known, you can train again from the start with the validation data included. Nothing is left then that tells you when to stop. Goodfellow et al. (2016, section 7.8) write that there is no settled answer: the same number of **epochs**, or of **steps**?
#
# **Make a guess.** Which is better for patient B? And is it better than not training again?

# %% id="retrain-run"
epochs = int(np.argmin(loss)) + 1
everything = [np.concatenate(pair) for pair in zip(parts[0], parts[1])]
print(f"{text('stopped_early')}: {test_accuracy[epochs - 1]:.3f}")
for name, n in (("same_epochs", epochs), ("same_steps", max(1, epochs // 2))):
    net = network(784, seed=0)
    fit(net, *everything, n, seed=0)
    print(f"{text(name)}: {training.evaluate(net, *parts[2])['accuracy']:.3f}")

# %% [markdown] lang="ja" id="retrain-seen" claims="10-retraining-on-all-rows"
# 10個のシードのすべてで、訓練し直すと正解率が上がりました。上がり方は0.02から0.08で、エポック数をそろえても、ステップ数をそろえても、大きな差はありません。訓練データが2倍になったからです。データが少ないときに役立つ、最後の一手です。
# %% [markdown] lang="en" id="retrain-seen" claims="10-retraining-on-all-rows"
# For all 10 seeds, training again raised the accuracy, by 0.02 to 0.08; whether epochs or steps were the same made no great difference. There are twice as many training images, after all. It is a good last move where data are few.

# %% [markdown] lang="ja" id="descent-question"
# ## 発展4　λで消える山
#
# [02](02_causes_and_remedies.ipynb)では、モデルを大きくしていくと誤差が下がり、上がり、また下がりました（二重降下）。では、L2を付けたらどうなるでしょうか。画像を**無作為に決めて固定した**隠れ層に通し、出力の重みだけを閉形式で求めます。300枚、ラベルの20%を引き直したデータです。ユニット数が行数の300と同じところで、訓練データをちょうど覚えられるようになります。
#
# **予想してみよう**　λ = 0.001で、山はどうなるでしょうか。
# %% [markdown] lang="en" id="descent-question"
# ## Advanced 4: the peak that λ removes
#
# In [02](02_causes_and_remedies.ipynb) the error fell, rose and fell again as the model grew (double descent). What happens with L2? We pass the images through a hidden layer that is drawn **at random and kept fixed**, and find the output weights in closed form. There are 300 images, 20% of their labels redrawn. With 300 units, as many as rows, the training data can just be learned by heart.
#
# **Make a guess.** What will λ = 0.001 do to the peak?

# %% id="descent-run"
widths = [10, 30, 100, 200, 300, 500, 1000]


def errors_by_width(strengths, seed):
    digits, rng = data.digits(n_train=300, label_noise=0.2, seed=seed), np.random.default_rng(seed)
    w, b = rng.normal(size=(64, 1000)), rng.normal(size=1000)
    hidden, new = (np.maximum(part.x @ w + b, 0) for part in (digits.train, digits.test))
    wanted, errors = keras.utils.to_categorical(digits.train.y, 10) - 0.1, []
    for n in widths:
        u, s, v = np.linalg.svd(hidden[:, :n] / n**0.5, full_matrices=False)
        inputs, targets = new[:, :n] / n**0.5 @ v.T, u.T @ wanted
        found = [inputs @ (targets * (s / (s**2 + 300 * strength))[:, None]) for strength in strengths]
        errors.append([np.mean(f.argmax(axis=1) != digits.test.y) for f in found])
    return np.array(errors)

# %% id="descent-figure"
strengths = [0, 0.001]
errors = np.array([errors_by_width(strengths, seed) for seed in range(3)])
curves = {f"λ = {strength}": errors[:, :, i].T for i, strength in enumerate(strengths)}
plots.plot_validation_curve(widths, curves, text("test_error_rate"), xlabel=text("units_in_layer"));

# %% [markdown] lang="ja" id="descent-seen" claims="10-strength-removes-the-peak"
# λ = 0では、300ユニットの所に高い山があり、誤りの割合は0.6を超えます。λ = 0.001では**山が消え**、大きいほど誤りが減って、0.1を切ります。Nakkiranほか（2021）は、λを最適に選べば、ある条件の線形回帰では誤差が必ず単調に減ることを証明し、ネットワークでも山が和らぐことを示しました。「大きすぎるから悪い」のではなく、**抑えが足りなかった**のです。
# %% [markdown] lang="en" id="descent-seen" claims="10-strength-removes-the-peak"
# With λ = 0 there is a high peak at 300 units, where more than 0.6 of the answers are wrong. With λ = 0.001 **the peak is gone**: the larger the layer, the fewer errors, down to less than 0.1. Nakkiran et al. (2021) proved that with the best λ the error of certain linear regressions never rises as the model grows, and showed that for networks, too, the peak becomes milder. The model was not too large; it was **not held back enough**.

# %% [markdown] lang="ja" id="epochs-question"
# ### エポックとともに2回下がる
#
# 同じことが、訓練の長さについても起こります（**エポックごとの二重降下**、epoch-wise double descent）。HeckelとYilmaz（2021）は、線形回帰で理由を示しました。速く学ぶ部分と遅く学ぶ部分が、それぞれ下がって上がる曲線を描き、それが重なるのです。大きな特徴量60個と、その10分の1の大きさの特徴量20個を持つデータで、勾配降下法の誤差を見ます。
#
# **予想してみよう**　特徴量を標準化したら、曲線はどうなるでしょうか。
# %% [markdown] lang="en" id="epochs-question"
# ### Falling twice as training goes on
#
# The same can happen with the length of training (**epoch-wise double descent**). Heckel and Yilmaz (2021) showed why, for linear regression: a part that is learned fast and a part that is learned slowly each have a curve that falls and rises, and the two add up. We look at the error of gradient descent with 60 large features and 20 features a tenth of their size.
#
# **Make a guess.** What will become of the curve when the features are standardized?

# %% id="epochs-run"
steps = np.unique(np.geomspace(1, 40_000, 40).astype(int))


def error_by_steps(seed, standardize):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([0.6 * rng.normal(size=60), 6 * rng.normal(size=20)])
    x, new = (rng.normal(size=(n, 80)) * np.repeat([1, 0.1], [60, 20]) for n in (100, 1000))
    y, unit = x @ truth + rng.normal(size=100), x.std(axis=0) if standardize else 1
    s, directions = np.linalg.eigh((x / unit).T @ (x / unit) / 100)
    solution = directions.T @ ((x / unit).T @ y / 100) / s
    paths = directions @ ((1 - (1 - 2 * 0.1 * s[:, None]) ** steps) * solution[:, None])
    return np.mean((new / unit @ paths - (new @ truth)[:, None]) ** 2, axis=0)


curves = {
    text(name): np.mean([error_by_steps(seed, name == "standardized") for seed in range(20)], axis=0)
    for name in ("raw_units", "standardized")
}
plots.plot_validation_curve(steps, curves, text("distance_from_truth"), xlabel=text("steps"));

# %% [markdown] lang="ja" id="epochs-seen" claims="10-two-speeds-two-descents"
# 20組のデータの平均です。単位のままだと、誤差は下がり、100ステップのあたりまで上がり、また下がります。早期終了が1つ目の谷で止まれば、もっとよい2つ目の谷を見逃します。標準化すると、すべての向きの速さがそろい、**谷は1つになって、しかも深くなります**。Heckelらも、層ごとに学習率を調整して、2回目の上昇を消しました。
#
# 検証損失が1度上がったからといって、必ずしも終わりではありません。まず、特徴量の尺度をそろえてください。
# %% [markdown] lang="en" id="epochs-seen" claims="10-two-speeds-two-descents"
# These are means over 20 data sets. With the units as they are, the error falls, rises until about step 100, and falls again. If early stopping stops in the first valley, it misses the better second one. Standardized, all directions are learned at a like speed: **there is a single valley, and it is deeper**. Heckel and Yilmaz, too, removed the rise in between, by adjusting the learning rates of the layers.
#
# One rise of the validation loss need not be the end. First of all, bring your features to one scale.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("10")

# %% [markdown] lang="ja" id="summary" claims="10-mixup-costs-few-rows"
# ## まとめ
#
# | 困っていること | まず試すこと | 効かなかったもの |
# |---|---|---|
# | ラベルが間違っている（患者A） | 早期終了、ドロップアウト、mixup | ラベル平滑化 |
# | データが少ない（患者B） | 画像をずらす、訓練済みの重みを借りる、全部のデータで訓練し直す | mixup（正解率が下がった） |
# | 自信がありすぎる | ラベル平滑化、予測の平均 | |
# | どの行も1回しか見ない | 何もしない | ドロップアウト |
#
# - 古くなったものはありません。**同じ行を何回見るか、何を借りられるか**を尋ねてください。
# - 平均してよいのは、予測か、1つの道のりの重みです。
# - 微調整では、歩幅を短く、データが少ないほど慎重に進みます。
# - テストデータのコピーが訓練データにないかを、測る前に調べます。
#
# ほかの課は[00　はじめに](00_start_here.ipynb)の表にあります。引いて使うページは[09　Kerasリファレンス](09_keras_reference.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[転移学習と微調整](https://keras.io/guides/transfer_learning/)、[AdamW](https://keras.io/api/optimizers/adamw/)、[学習率のスケジュール](https://keras.io/api/optimizers/learning_rate_schedules/)
# - L. Prechelt (1998). Early stopping – but when? Neural Networks: Tricks of the Trade, LNCS 1524, 55–69.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How transferable are features in deep neural networks? NIPS. [arXiv:1411.1792](https://arxiv.org/abs/1411.1792)
# - I. Goodfellow, Y. Bengio, A. Courville (2016). Deep learning. MIT Press, 7.8.
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: beyond empirical risk minimization. ICLR. [arXiv:1710.09412](https://arxiv.org/abs/1710.09412)
# - P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson (2018). Averaging weights leads to wider optima and better generalization. UAI. [arXiv:1803.05407](https://arxiv.org/abs/1803.05407)
# - R. Müller, S. Kornblith, G. Hinton (2019). When does label smoothing help? NeurIPS. [arXiv:1906.02629](https://arxiv.org/abs/1906.02629)
# - M. Lukasik, S. Bhojanapalli, A. K. Menon, S. Kumar (2020). Does label smoothing mitigate label noise? ICML. [arXiv:2003.02819](https://arxiv.org/abs/2003.02819)
# - T. B. Brown et al. (2020). Language models are few-shot learners. [arXiv:2005.14165](https://arxiv.org/abs/2005.14165)
# - P. Nakkiran, P. Venkat, S. Kakade, T. Ma (2021). Optimal regularization can mitigate double descent. ICLR. [arXiv:2003.01897](https://arxiv.org/abs/2003.01897)
# - R. Heckel, F. F. Yilmaz (2021). Early stopping in deep networks: double descent and how to eliminate it. ICLR. [arXiv:2007.10099](https://arxiv.org/abs/2007.10099)
# - K. Lee, D. Ippolito, A. Nystrom, C. Zhang, D. Eck, C. Callison-Burch, N. Carlini (2022). Deduplicating training data makes language models better. ACL, 8424–8445. [arXiv:2107.06499](https://arxiv.org/abs/2107.06499)
# - L. Ouyang et al. (2022). Training language models to follow instructions with human feedback. NeurIPS. [arXiv:2203.02155](https://arxiv.org/abs/2203.02155)
# - H. Touvron et al. (2023). LLaMA: open and efficient foundation language models. [arXiv:2302.13971](https://arxiv.org/abs/2302.13971)
# - N. Muennighoff et al. (2023). Scaling data-constrained language models. NeurIPS. [arXiv:2305.16264](https://arxiv.org/abs/2305.16264)
# - F. Xue, Y. Fu, W. Zhou, Z. Zheng, Y. You (2023). To repeat or not to repeat: insights from scaling LLM under token-crisis. NeurIPS. [arXiv:2305.13230](https://arxiv.org/abs/2305.13230)
# - X. Wang, L. Aitchison (2025). How to set AdamW's weight decay as you scale model and dataset size. ICML. [arXiv:2405.13698](https://arxiv.org/abs/2405.13698)
# - T5 1.1の説明：[huggingface.co](https://huggingface.co/google/t5-v1_1-xl)
# %% [markdown] lang="en" id="summary" claims="10-mixup-costs-few-rows"
# ## Summary
#
# | what is wrong | what to try first | what did not help |
# |---|---|---|
# | wrong labels (patient A) | early stopping, dropout, mixup | label smoothing |
# | few data (patient B) | shifted images, borrowed weights, training again on all data | mixup (accuracy fell) |
# | too much confidence | label smoothing, averaged predictions | |
# | each row is seen once | nothing | dropout |
#
# - Nothing is out of date. Ask **how often the same row is seen, and what you may borrow**.
# - What may be averaged are predictions, or the weights along one road.
# - In fine-tuning take short steps, the more careful the fewer data you have.
# - Before you measure, look for copies of the test data in the training data.
#
# All lessons are in the table of [00 Start here](00_start_here.ipynb). The page to look things up is [09 Keras reference](09_keras_reference.ipynb).
#
# ## Read more
#
# - On Keras' pages: [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/), [AdamW](https://keras.io/api/optimizers/adamw/), [learning rate schedules](https://keras.io/api/optimizers/learning_rate_schedules/)
# - L. Prechelt (1998). Early stopping – but when? Neural Networks: Tricks of the Trade, LNCS 1524, 55–69.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How transferable are features in deep neural networks? NIPS. [arXiv:1411.1792](https://arxiv.org/abs/1411.1792)
# - I. Goodfellow, Y. Bengio, A. Courville (2016). Deep learning. MIT Press, 7.8.
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: beyond empirical risk minimization. ICLR. [arXiv:1710.09412](https://arxiv.org/abs/1710.09412)
# - P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson (2018). Averaging weights leads to wider optima and better generalization. UAI. [arXiv:1803.05407](https://arxiv.org/abs/1803.05407)
# - R. Müller, S. Kornblith, G. Hinton (2019). When does label smoothing help? NeurIPS. [arXiv:1906.02629](https://arxiv.org/abs/1906.02629)
# - M. Lukasik, S. Bhojanapalli, A. K. Menon, S. Kumar (2020). Does label smoothing mitigate label noise? ICML. [arXiv:2003.02819](https://arxiv.org/abs/2003.02819)
# - T. B. Brown et al. (2020). Language models are few-shot learners. [arXiv:2005.14165](https://arxiv.org/abs/2005.14165)
# - P. Nakkiran, P. Venkat, S. Kakade, T. Ma (2021). Optimal regularization can mitigate double descent. ICLR. [arXiv:2003.01897](https://arxiv.org/abs/2003.01897)
# - R. Heckel, F. F. Yilmaz (2021). Early stopping in deep networks: double descent and how to eliminate it. ICLR. [arXiv:2007.10099](https://arxiv.org/abs/2007.10099)
# - K. Lee, D. Ippolito, A. Nystrom, C. Zhang, D. Eck, C. Callison-Burch, N. Carlini (2022). Deduplicating training data makes language models better. ACL, 8424–8445. [arXiv:2107.06499](https://arxiv.org/abs/2107.06499)
# - L. Ouyang et al. (2022). Training language models to follow instructions with human feedback. NeurIPS. [arXiv:2203.02155](https://arxiv.org/abs/2203.02155)
# - H. Touvron et al. (2023). LLaMA: open and efficient foundation language models. [arXiv:2302.13971](https://arxiv.org/abs/2302.13971)
# - N. Muennighoff et al. (2023). Scaling data-constrained language models. NeurIPS. [arXiv:2305.16264](https://arxiv.org/abs/2305.16264)
# - F. Xue, Y. Fu, W. Zhou, Z. Zheng, Y. You (2023). To repeat or not to repeat: insights from scaling LLM under token-crisis. NeurIPS. [arXiv:2305.13230](https://arxiv.org/abs/2305.13230)
# - X. Wang, L. Aitchison (2025). How to set AdamW's weight decay as you scale model and dataset size. ICML. [arXiv:2405.13698](https://arxiv.org/abs/2405.13698)
# - Notes on T5 1.1: [huggingface.co](https://huggingface.co/google/t5-v1_1-xl)
