# %% [markdown] lang="ja" id="title"
# # 07　対策の選び方
#
# 薬は、もう手元にたくさんあります。どれも、どこかでは効きました。この課では、自分のデータにどれが必要なのかを、自分をだまさずに調べる方法を学びます。
#
# **このノートブックを終えると、次のことができます。**
#
# - 訓練と検証の曲線から、どちらの病気なのか見当を付ける
# - 正解率と対数尤度の両方で、対策の効き目を言う
# - 予算をそろえ、設定も対策も検証データで選び、テストデータを1回だけ開ける
# - 差が本物かどうかを、シードごとの差とその区間で判断する
#
# 時間の目安は50分です（最後の「もっと深く」を除きます）。
# %% [markdown] lang="en" id="title"
# # 07 Choosing between remedies
#
# Your medicine cabinet is full by now, and every bottle worked somewhere. In this lesson you learn how to find out which one your own data need, without fooling yourself.
#
# **When you have finished this notebook, you can**
#
# - tell from the curves of training and validation which illness you may be looking at
# - state what a remedy does in accuracy and in log-likelihood
# - run a fair trial: one budget for all, validation data choose the setting and the remedy, and test data are opened once
# - judge by paired differences and their interval whether a lead is real
#
# Allow about 50 minutes, without “Going deeper” at the end.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import KFold

from coursekit import calibration, data, intervals, models, plots, stored, training, trial
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 同じ熱の2人
#
# きのう、ある瓶の薬が熱を下げました。きょう、待合室に2人が座っています。体温の曲線は、2人とも同じように上がっています。医者の手は、もう昨日の瓶に伸びています。
#
# **同じ熱なら、同じ病気なのでしょうか。** 薬を選ぶ前に、患者を診ましょう。
#
# - **患者A**：8×8画素の数字400枚。訓練データでも検証データでも、ラベルの約36%が誤っています。
# - **患者B**：28×28画素の数字（MNIST）200枚。ラベルはすべて正しいのですが、枚数が少ないのが悩みです。
#
# どちらも検証用に200枚、残りがテスト用です。テストデータのラベルはすべて正しいものです。
# %% [markdown] lang="en" id="story"
# ## Two patients, one fever
#
# Yesterday a bottle brought a fever down. Today two people sit in the waiting room, and their temperature curves climb alike. The doctor's hand is already reaching for yesterday's bottle.
#
# **Does the same fever mean the same illness?** Before we choose a medicine, let us look at the patients.
#
# - **Patient A**: 400 digits of 8×8 pixels. About 36% of the labels are wrong, in the training and in the validation data.
# - **Patient B**: 200 digits of 28×28 pixels (MNIST). Every label is right, but there are few of them.
#
# Each has 200 images for validation; the others are for the test. All test labels are right.

# %% id="patients"
def patient_a(seed):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def patient_b(seed):
    return data.mnist_sample(n_train=200, n_validation=200, seed=seed)

# %% id="networks"
def compiled(net, learning_rate):
    net.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def network_a():
    hidden = [layers.Dense(128, activation="relu") for _ in range(2)]
    net = [keras.Input((64,)), *hidden, layers.Dense(10, activation="softmax")]
    return compiled(keras.Sequential(net), 0.002)


def network_b(*before):  # layers that stand before the first convolution
    convolutions = [layers.Conv2D(n, 3, strides=2, activation="relu") for n in (16, 32)]
    dense = [layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    return compiled(keras.Sequential([keras.Input((28, 28, 1)), *before, *convolutions, *dense]), 0.001)

# %% [markdown] lang="ja" id="fever-question"
# ## 実験1　熱の正体
#
# まず、薬なしで60エポック訓練します。2人とも、検証損失は途中から上がります。
#
# **予想してみよう**　損失がいちばん低いエポックから最後までに、検証データでの**正解率**はどうなるでしょうか。
#
# - a）2人とも下がる（損失が増えるのだから、間違いが増える）
# - b）Bだけ下がる（枚数が少ないほうが重い）
# - c）Aは下がり、Bはほとんど変わらない
# %% [markdown] lang="en" id="fever-question"
# ## Experiment 1: what is behind the fever?
#
# First, 60 epochs without any medicine. For both, the validation loss turns up.
#
# **Make a guess.** From the epoch of the lowest loss to the last one, what will the validation **accuracy** do?
#
# - a) fall for both: a rising loss means more mistakes
# - b) fall for B only: with fewer rows, B is sicker
# - c) fall for A, and stay about level for B

# %% id="fever-run"
PATIENTS = {"wrong_labels": (patient_a, network_a, 64), "few_rows": (patient_b, network_b, 32)}


def train(name, seed, callbacks=None):
    patient, network, batch_size = PATIENTS[name]
    rows = patient(seed)
    keras.utils.set_random_seed(seed)
    model = network()
    history = training.fit(
        model, *rows.train, batch_size=batch_size, epochs=60, validation_data=rows.validation,
        callbacks=callbacks, seed=seed, progress=False,
    )
    return model, history, rows

# %% id="fever-figure"
figure, axes = plt.subplots(2, 2, figsize=(8.4, 5.6), sharex=True, layout="constrained")
for name, (above, below) in zip(PATIENTS, axes.T, strict=True):
    model, history, rows = train(name, seed=0)
    plots.plot_loss_curves(history, ax=above).set_title(text(f"patient_{name}"))
    above.set_ylim(0, 1.5 * above.get_ylim()[1])
    above.legend(frameon=False, loc="upper right")
    lowest = history.table["val_data_loss"].idxmin()
    plots.plot_accuracy_curves(history, ax=below).axvline(lowest + 1, color="black", linestyle=":")

# %% [markdown] lang="ja" id="fever-seen" claims="07-same-fever-two-illnesses"
# 点線は、検証損失がいちばん低いエポックです。答えはc）でした。損失は2人とも点線から上がり続けますが、Aの正解率はそこから0.1ほど下がり、Bの正解率はほとんど動きません。
#
# **なぜでしょうか。** 損失は、間違いの数だけでなく、外れたときの自信も数えます。Aは間違いが**増え**ました。Bは間違いの数はそのままで、**自信だけが強く**なりました。損失だけでは、この2つを区別できません。**正解率も一緒に見てください。**
# %% [markdown] lang="en" id="fever-seen" claims="07-same-fever-two-illnesses"
# The dotted line marks the epoch of the lowest validation loss. The answer is c). From there both losses climb, but A's accuracy falls by about 0.1, while B's hardly moves.
#
# **Why?** The loss counts mistakes, and also how sure the network was when it was wrong. A makes **more mistakes**. B makes as many as before and is only **surer of them**. The loss alone cannot tell the two apart: **look at the accuracy as well.**

# %% [markdown] lang="ja" id="bottle-question"
# ## 実験2　同じ瓶を2人に
#
# 薬は**早期終了**です。[02](02_causes_and_remedies.ipynb)では、正しいラベルには効きませんでした。けれども、Bの損失はAと同じくらい急に上がっています。効き目は2つの物差しで測ります。正解率は、当たったか外れたかだけを数えます。**対数尤度**（log-likelihood）は、正しいクラスに付けた確率の対数の平均です。大きいほどよく、符号を変えると、ペナルティを含まない損失になります。
#
# **予想してみよう**　早めに止めると、Bの新しい画像での成績はどうなるでしょうか。
#
# - a）どちらもよくならない（ラベルが正しいのだから）
# - b）対数尤度だけがよくなる
# - c）両方よくなる（いちばんよい所で止めるのだから）
# %% [markdown] lang="en" id="bottle-question"
# ## Experiment 2: the same bottle for both
#
# The medicine is **early stopping**. In [02](02_causes_and_remedies.ipynb) it did nothing for correct labels. Yet B's loss climbs as steeply as A's. We measure with two rulers. Accuracy counts hits and misses only. The **log-likelihood** is the mean log of the probability given to the correct class: higher is better, and with its sign changed it is the loss without penalty.
#
# **Make a guess.** When B is stopped early, what happens on new images?
#
# - a) neither score improves, for the labels are right
# - b) only the log-likelihood improves
# - c) both improve, for the network is stopped at its best

# %% id="bottle-run"
def stop_early():
    return [keras.callbacks.EarlyStopping("val_loss", patience=10, restore_best_weights=True)]


def scores(model, part):
    result = training.evaluate(model, *part)
    return result["accuracy"], -result["data_loss"]


def before_and_after(name, seeds=range(5)):
    pairs = []
    for seed in seeds:
        for callbacks in (None, stop_early()):
            model, _, rows = train(name, seed, callbacks)
            pairs.append(scores(model, rows.test))
    return np.array(pairs[::2]), np.array(pairs[1::2])

# %% id="bottle-figure"
changes = {name: before_and_after(name) for name in PATIENTS}
named = {text(f"patient_{name}"): pair for name, pair in changes.items()}
plots.plot_changes(named, text("test_accuracy"), text("test_log_likelihood"))
pd.DataFrame(
    {name: (after - before).mean(axis=0) for name, (before, after) in named.items()},
    index=[text("gain_accuracy"), text("gain_log_likelihood")],
).round(3)

# %% [markdown] lang="ja" id="bottle-seen" claims="07-stopping-cures-lies-only"
# 矢印は、シード1つずつの「止めない」（白）から「止める」（色）への動きです。Aの矢印は右へ大きく伸び、正解率が平均で0.1以上上がりました。Bの矢印はほとんど真上を向き、正解率は変わらないか、少し下がりました。答えはb）です。
#
# 早期終了は、Aを誤ったラベルから守りました。Bには誤ったラベルがないので、自信が強くなりすぎる前に止まっただけで、その分、学ぶ量も少し減りました。
# %% [markdown] lang="en" id="bottle-seen" claims="07-stopping-cures-lies-only"
# Each arrow is one seed, from “not stopped” (white) to “stopped” (filled). A's arrows reach far to the right: its accuracy gained more than 0.1 on average. B's point nearly straight up: its accuracy stays about the same or falls a little. The answer is b).
#
# Early stopping saved A from its wrong labels. B has none. It was only stopped before it grew too sure, and learned a little less.

# %% [markdown] lang="ja" id="temperature-question"
# ### 自信だけを直す
#
# Bの病気が「自信の強すぎ」だけなら、訓練をやり直さなくても直せるはずです。答えの対数確率を、すべて同じ数$T$（**温度**、temperature）で割り、合計が1になるように戻します。$T$が1より大きいと、どの答えも控えめになり、順位は変わりません。$T$は検証データの対数尤度で選びます（Guo et al. 2017）。
#
# **予想してみよう**　早期終了よりよくなるでしょうか。
# %% [markdown] lang="en" id="temperature-question"
# ### Mending the confidence alone
#
# If B is only too sure, it should be possible to mend that without training again. Divide all log-probabilities by one number $T$ (the **temperature**), and scale them so that they sum to 1 again. With $T$ above 1 every answer becomes more modest, and their order stays. Choose $T$ by the log-likelihood on validation data (Guo et al. 2017).
#
# **Make a guess.** Will that beat early stopping?

# %% id="temperature-run"
model, _, rows = train("few_rows", seed=0)
on_validation, on_test = (np.asarray(model(part.x)) for part in (rows.validation, rows.test))
T = calibration.temperature(on_validation, rows.validation.y)
cooler = calibration.rescaled(on_test, T)
answers = {text("remedy_nothing"): on_test, f"T = {T:.1f}": cooler}
plots.plot_reliability({name: (p, rows.test.y) for name, p in answers.items()})
pd.Series(
    {name: calibration.log_likelihood(p, rows.test.y) for name, p in answers.items()}
    | {text("remedy_early_stopping"): changes["few_rows"][1][0, 1]},
    name=text("test_log_likelihood"),
).round(3)

# %% [markdown] lang="ja" id="temperature-seen" claims="07-one-number-beats-stopping"
# この図は**信頼度図**（reliability diagram）です。横軸は自信、縦軸は実際に当たった割合で、大きい点ほど画像が多いことを表します。薬なしのBは対角線の下にあり、自信の割に当たっていません。1つの数で割ると、対角線に近づきました。
#
# 対数尤度も、早期終了よりよくなりました。正解率は変わりません（順位が同じだからです）。**早期終了がBに与えたものは、数1つで、正解率を失わずに手に入ります。**
# %% [markdown] lang="en" id="temperature-seen" claims="07-one-number-beats-stopping"
# This is a **reliability diagram**: how sure the network is across, how often it is right up; larger points stand for more images. Without medicine, B lies below the diagonal: it is right less often than it claims. Divided by one number, it comes close to the diagonal.
#
# The log-likelihood, too, is better than with early stopping, and the accuracy is unchanged, since the order of the answers is. **What early stopping gave B, a single number gives without any loss of accuracy.**

# %% [markdown] lang="ja" id="ex-treat" tags=["exercise"]
# ### 練習1　Bを治療する
#
# Bに足りないものは何でしょうか。compileしたモデルを返す関数`treat_b()`を書いてください。何をしてもかまいません。チェックは、だれも見ていないシード3つで60エポック訓練し、薬なしと比べます。新しい画像での正解率が平均で0.025以上上がれば合格です（20秒ほどかかります）。関数の名前を`answer`に入れてください（括弧は付けません）。
#
# <details><summary>ヒント1</summary>
#
# どんなふうに動かしても、その数字のままでいるでしょうか。
#
# </details>
# <details><summary>ヒント2</summary>
#
# `network_b(…)`の括弧に入れた層は、最初の`Conv2D`の前に置かれます。画像の幅の10分の1くらいを試してください。
#
# </details>
# %% [markdown] lang="en" id="ex-treat" tags=["exercise"]
# ### Exercise 1: treat B
#
# What does B lack? Write a function `treat_b()` that returns a compiled model. Anything goes. The check trains it for 60 epochs with three seeds that nobody has looked at, and compares it with the untreated network: you pass if the accuracy on new images gains 0.025 or more on average. (It takes about 20 seconds.) Put the name of the function into `answer`, without brackets.
#
# <details><summary>Hint 1</summary>
#
# How can you change the image of a digit so that it stays that digit?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Layers that you put into `network_b(…)` stand before the first `Conv2D`. Try about a tenth of the width.
#
# </details>

# %% id="ex-treat-answer" tags=["exercise"]
answer = ...

# %% id="ex-treat-solution" tags=["solution"]
def treat_b():
    return network_b(layers.RandomTranslation(0.1, 0.1))


answer = treat_b

# %% id="ex-treat-check" tags=["check"]
check("07-treat", answer)

# %% [markdown] lang="ja" id="cabinet-question"
# ## 実験3　薬棚の全部を、公平に
#
# いよいよ全部の薬を比べます。新しい瓶もあります。**AdamW**は、重みの減衰を勾配から切り離したものです。**ラベル平滑化**は、正解の目標を1より少し小さくします。**mixup**は、2枚の画像とラベルを混ぜて訓練します。**重みの平均**は、訓練中の重みの移動平均を使います。**アンサンブル**は、最大5個のネットワークの確率を平均します。「全部」は、ずらし、ドロップアウト、L2を同時に使います。
#
# 公平に比べるための約束は、次のとおりです。
#
# 1. どの薬も設定は**4つ**で、**必ずなしを含みます**（計算時間はそろっていません。5個のアンサンブルは5倍かかります）。
# 2. 設定は、シードごとに**検証データ**で選びます。正解率を報告するなら検証データの正解率で、対数尤度なら検証データの対数尤度で選びます（正解率が同点なら、対数尤度がよいほうです）。
# 3. テストデータは、選び終わってから開けます。
# 4. シードは14個です（5000から）。設定の範囲を決めるときに使ったシードは含みません。シードは、データの分け方、ラベルの誤り、初期の重み、順番、マスク、ずらし方を決めます。
#
# **予想してみよう**　正解率では、Aにはどれが、Bにはどれがいちばん効くでしょうか。「全部」は、いちばんよい1つよりずっとよいでしょうか。
# %% [markdown] lang="en" id="cabinet-question"
# ## Experiment 3: the whole cabinet, fairly
#
# Now we compare all the bottles, and there are new ones. **AdamW** separates weight decay from the gradient. **Label smoothing** makes the target of the correct class a little less than 1. **Mixup** trains on mixtures of two images and of their labels. **Averaged weights** are a moving average over training. An **ensemble** takes the mean probability of up to 5 networks. “All of it” is shifts, dropout and L2 at once.
#
# These are the rules of a fair trial.
#
# 1. Every remedy has **four** settings, and **“none” is one of them**. (Computing time is not equal: an ensemble of 5 takes 5 times as long.)
# 2. For each seed, **validation data** choose the setting: by validation accuracy where accuracy will be reported, and by validation log-likelihood where that will be. (Of equal accuracies, the one with the better log-likelihood.)
# 3. The test data are opened only after the choice.
# 4. There are 14 seeds, from 5000 on, none of which helped to choose the ranges. A seed draws the split, the wrong labels, initial weights, order, masks and shifts.
#
# **Make a guess.** In accuracy, which will help A most, and which B? Will “all of it” be far better than the best single remedy?

# %% id="cabinet-settings"
for remedy, settings in trial.REMEDIES.items():
    print(f"{text(f'remedy_{remedy}')}: {', '.join(map(str, settings))}")

# %% [markdown] lang="ja" id="cabinet-note"
# 2人×14シードで、合わせて1100個ほどのネットワークです。1つのプロセスで12分ほどかかるので、結果を保存してあります。`RECOMPUTE = True`にすると、ここで計算し直します。コマンド`python -m coursekit.trial few_rows 5000 14`でも同じ表ができます。手順は`coursekit/trial.py`にあります。
# %% [markdown] lang="en" id="cabinet-note"
# For 2 patients and 14 seeds that makes about 1100 networks. One process takes about 12 minutes, so the results are stored. Set `RECOMPUTE = True` to compute them here; the command `python -m coursekit.trial few_rows 5000 14` makes the same table. How it is done stands in `coursekit/trial.py`.

# %% id="cabinet-run"
RECOMPUTE = False


def trial_of(name):
    if RECOMPUTE:
        return pd.concat([trial.measure(name, seed) for seed in range(5000, 5014)])
    return stored.load(f"07_{name}")


def ranked(table, score):
    return table.sort_values([f"validation_{score}", "validation_log_likelihood"], kind="stable")


def chosen(table, score):
    best = ranked(table, score).groupby(["remedy", "seed"]).tail(1)
    return best.pivot(index="seed", columns="remedy", values=f"test_{score}")


def untreated(table, score):
    return table[table["setting"] == "none"].groupby("seed")[f"test_{score}"].first()

# %% id="cabinet-figure"
tables = {name: trial_of(name) for name in PATIENTS}
gains = {}
for score in ("accuracy", "log_likelihood"):
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), sharey=True, layout="constrained")
    for (name, table), ax in zip(tables.items(), axes, strict=True):
        found = chosen(table, score).sub(untreated(table, score), axis=0)[list(trial.REMEDIES)]
        gains[name, score] = found
        named = {text(f"remedy_{remedy}"): found[remedy] for remedy in found}
        plots.plot_gains(named, text(f"gain_{score}"), marked=text("remedy_early_stopping"), ax=ax)
        ax.set_title(text(f"patient_{name}"))

# %% id="cabinet-table"
columns = {}
for (name, score), found in gains.items():
    counts = [intervals.outcomes(np.zeros(len(found)), found[remedy]) for remedy in found]
    means = [f"{found[remedy].mean():+.3f}" for remedy in found]
    columns[text(f"patient_{name}"), text(f"gain_{score}")] = [
        f"{mean}   {'/'.join(map(str, three))}" for mean, three in zip(means, counts, strict=True)
    ]
pd.DataFrame(columns, index=[text(f"remedy_{remedy}") for remedy in trial.REMEDIES])

# %% [markdown] lang="ja" id="cabinet-seen" claims="07-remedies-on-wrong-labels 07-shifts-cure-few-rows 07-penalties-make-honest 07-wrong-labels-reward-modesty"
# 灰色の点はシード1つずつの「薬なし」との差、ひし形はその平均、横線は平均の95%区間です（求め方は実験4）。表の3つの数は、薬なしよりよかった／同じ／悪かったシードの数です。次の数値は、この実行の14個のシードのものです。
#
# - **Aの正解率には、ほとんどの薬が効きました。** 薬なしは0.712です。早期終了は0.866、L2は0.851、ドロップアウトは0.885、「全部」は0.893です。効き目が小さかったのは、アンサンブル（0.743）とラベル平滑化（0.739）でした。
# - **Bの正解率を大きく上げたのは、画像をずらす薬だけ**でした。薬なしの0.831が、ずらすと0.880、「全部」で0.883です。早期終了は0.829で、よかったシードは0個、同じが11個、悪かったのが3個です。L1、L2、Elastic Net、AdamWの平均も、薬なしから0.015も離れていません。ドロップアウトは0.843、アンサンブルは0.838で、わずかな効き目です。mixupは0.828で、14個のうち12個のシードで「なし」が選ばれ、成績は同じでした。
# - **Bの対数尤度は、平均では、どの薬でもよくなりました**（薬なし-0.900、L2 -0.578、ドロップアウト-0.552、ずらす-0.407）。ペナルティは、Bの正解率を上げずに、確率を正直にしたのです。ただし、実験2の温度1つでも-0.566になります。
# - **Aの対数尤度は、あまり当てになりません。** 検証データのラベルも誤っているので、「自信がない」ほど検証データでの成績がよく見えます。薬なしのAに、検証データで選んだ温度を使うと、正しいラベルでの対数尤度は-0.910から-1.277へ、かえって悪くなりました（14個のうち14個のシード）。
#
# **同じ熱でも、病気が違えば薬の順位が違います。** 早期終了（色付き）は、Aでは効き、Bの正解率には効きません。Bに足りなかったのは画像で、ペナルティは画像を増やしません。なお、ずらす量は、Bでは範囲の端の0.15も選ばれました（正解率では5個、対数尤度では5個のシード）。本当に使うなら、もっと大きい量も検証データで試すところです。
# %% [markdown] lang="en" id="cabinet-seen" claims="07-remedies-on-wrong-labels 07-shifts-cure-few-rows 07-penalties-make-honest 07-wrong-labels-reward-modesty"
# Gray dots are single seeds, compared with no medicine; diamonds are their means, and the lines the 95% intervals of the means (how to find them: experiment 4). The three numbers in the table count the seeds that were better/equal/worse than without medicine. The numbers below are those of this run, with 14 seeds.
#
# - **Almost every medicine raised A's accuracy.** Without any it is 0.712; with early stopping 0.866, L2 0.851, dropout 0.885, all of it 0.893. The ensemble (0.743) and label smoothing (0.739) did little.
# - **Shifted images alone raised B's accuracy much**: from 0.831 to 0.880, and to 0.883 with all of it. Early stopping gives 0.829: 0 seeds better, 11 equal, 3 worse. The means of L1, L2, Elastic Net and AdamW lie within 0.015 of no medicine; dropout (0.843) and the ensemble (0.838) bring a little. With mixup it is 0.828: for 12 of the 14 seeds the score stayed the same, “none” being chosen.
# - **Every medicine raised B's log-likelihood on average** (nothing -0.900, L2 -0.578, dropout -0.552, shifts -0.407). The penalties made B's probabilities more honest without making it more accurate. But then, the single temperature of experiment 2 gives -0.566.
# - **A's log-likelihood is a poor guide.** Its validation labels are wrong, too, so modesty looks good on them. With a temperature chosen on validation data, the untreated A falls from -0.910 to -1.277 on correct labels (for 14 of the 14 seeds).
#
# **The same fever, another illness, another ranking.** Early stopping (in color) works for A, and not for the accuracy of B. What B lacked was images, and no penalty brings any. For B, validation data also chose 0.15, the largest shift that was tried (for 5 seeds by accuracy, 5 by log-likelihood); for real use you would go on and try larger ones, on validation data.

# %% [markdown] lang="ja" id="winner-question"
# ### 検証データは、どの薬を選ぶか
#
# あなたの手元にあるデータは1つです。そこで、シードごとに、37通りの設定の中から検証データがいちばんよいとしたものを1つ選び、テストデータを1回だけ開けます。比べるために、やってはいけないこと、つまりテストデータで選んだ場合も計算します。
#
# **予想してみよう**　検証データは、いつも同じ薬を選ぶでしょうか。
# %% [markdown] lang="en" id="winner-question"
# ### Which medicine do validation data pick?
#
# You have one data set only. So for each seed, take the one of all 37 settings that validation data rank first, and open the test data once. For comparison we also do what must not be done: choose on the test data.
#
# **Make a guess.** Will validation data pick the same medicine every time?

# %% id="winner-run"
picked, rows = {}, []
for name, table in tables.items():
    for score in ("accuracy", "log_likelihood"):
        best = ranked(table, score).groupby("seed").tail(1)
        column = f"{text(f'patient_{name}')}, {text(f'scored_by_{score}')}"
        remedies = best["remedy"].where(best["setting"] != "none", "nothing")
        picked[column] = remedies.map(lambda remedy: text(f"remedy_{remedy}")).value_counts()
        peeking = table.groupby("seed")[f"test_{score}"].max()
        rows.append([best[f"test_{score}"].mean(), peeking.mean(), untreated(table, score).mean()])
columns = [text("chosen_on_validation"), text("chosen_on_test"), text("remedy_nothing")]
display(pd.DataFrame(rows, index=list(picked), columns=columns).round(3))
pd.DataFrame(picked).fillna(0).astype(int).rename_axis(None)

# %% [markdown] lang="ja" id="winner-seen" claims="07-validation-picks-the-remedy 07-choose-by-what-you-report 07-peeking-at-the-test"
# - **Bでは、検証データはほとんどいつも画像をずらす薬を選びました**（「全部」を含めて、正解率では14個のうち14個、対数尤度では14個のシード）。封筒を開けると、正解率は0.884（薬なし0.831、差の95%区間は[0.044, 0.063]）、対数尤度は-0.371でした。
# - **Aでは、選ばれる薬がシードによって違います**（正解率では、「全部」5回、ドロップアウト5回、ずらす3回、Elastic Netが1回）。どれが選ばれても正解率は大きく上がり、平均は0.890です（薬なし0.712、差の区間は[0.169, 0.187]）。200枚の誤りの多いラベルでは、上位の薬を区別できないのです。
# - **Aでは、選ぶ物差しが正解率を変えました。** 正解率は、検証データの正解率で選ぶと0.890、誤ったラベルでの対数尤度で選ぶと0.871です。差の区間は[0.001, 0.042]で、正解率で選ぶほうがよかった／同じ／悪かったシードは9/2/3個でした。対数尤度は、対数尤度で選ぶと-0.856、正解率で選ぶと-0.732です（薬なし-0.910）。
# - **テストデータで選ぶと、よく見えます。** 正解率は、Aで0.901（正直に選ぶと0.890）、Bで0.891（同じく0.884）になります。上乗せが実力なのか運なのかは、テストデータを選択に使ってしまうと、もう測れません。
# %% [markdown] lang="en" id="winner-seen" claims="07-validation-picks-the-remedy 07-choose-by-what-you-report 07-peeking-at-the-test"
# - **For B, validation data nearly always pick a medicine that shifts images** (all of it included: for 14 of 14 seeds by accuracy, for 14 by log-likelihood). With the envelope open, the accuracy is 0.884 (nothing: 0.831; the 95% interval of the difference is [0.044, 0.063]) and the log-likelihood -0.371.
# - **For A, the pick depends on the seed** (by accuracy: all of it 5, dropout 5, shifts 3, Elastic Net 1). Whatever was picked, the accuracy rose far: 0.890 on average (nothing: 0.712; interval of the difference [0.169, 0.187]). With 200 labels, many of them wrong, the leading medicines cannot be told apart.
# - **For A, the ruler that chooses changed the accuracy.** The accuracy is 0.890 if validation accuracy chooses, and 0.871 if the log-likelihood on wrong labels does. The interval of the difference is [0.001, 0.042]; choosing by accuracy was better/equal/worse for 9/2/3 seeds. The log-likelihood is -0.856 if it chooses, and -0.732 if accuracy does (nothing: -0.910).
# - **Choosing on test data flatters.** It shows an accuracy of 0.901 for A (honestly chosen: 0.890) and of 0.891 for B (0.884). How much of the bonus is skill and how much luck cannot be measured any more, once the test data have made the choice.

# %% [markdown] lang="ja" id="ex-envelope" tags=["exercise"]
# ### 練習2　封筒を1回だけ開ける
#
# 関数`fair_report(models, validation, envelope)`を書いてください。`models`は、名前と訓練済みモデルの辞書です。`validation`は`(x, y)`です。`envelope.open()`はテストデータの`(x, y)`を返しますが、**開けた回数が数えられています**。いちばんよいモデルの名前と、報告すべき正解率の組を返します。モデルの`evaluate(x, y, verbose=0)`は、損失と正解率のリストを返します。関数の名前を`answer`に入れてください。
#
# <details><summary>ヒント1</summary>
#
# すべてのモデルを見てよいのは、どのデータでしょうか。
#
# </details>
# <details><summary>ヒント2</summary>
#
# `max(models, key=score)`で選び、それから封筒を開けます。
#
# </details>
# %% [markdown] lang="en" id="ex-envelope" tags=["exercise"]
# ### Exercise 2: open the envelope once
#
# Write a function `fair_report(models, validation, envelope)`. `models` is a dictionary of trained models by name, and `validation` is `(x, y)`. `envelope.open()` returns the test data `(x, y)`, and **counts how often it was opened**. Return the name of the best model and the accuracy to report. The models' `evaluate(x, y, verbose=0)` returns a list of loss and accuracy. Put the name of the function into `answer`.
#
# <details><summary>Hint 1</summary>
#
# Which data may see all the models?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Choose with `max(models, key=score)`, and open the envelope after that.
#
# </details>

# %% id="ex-envelope-answer" tags=["exercise"]
answer = ...

# %% id="ex-envelope-solution" tags=["solution"]
def fair_report(models, validation, envelope):
    def score(name):
        return models[name].evaluate(*validation, verbose=0)[1]

    best = max(models, key=score)
    return best, models[best].evaluate(*envelope.open(), verbose=0)[1]


answer = fair_report

# %% id="ex-envelope-check" tags=["check"]
check("07-envelope", answer)

# %% [markdown] lang="ja" id="leads-question"
# ## 実験4　その差は本物か
#
# Bには、小さな差が2つあります。5個のネットワークのアンサンブルと1個との差、「全部」（中くらいの量）とずらすだけ（0.1）との差です。どちらも、14個のシードのばらつきは重なっています。けれども、**同じシードでは同じデータ**を使ったのですから、シードごとに差を取れば、画像の当たり外れの多くが打ち消されます。
#
# 差の平均の**95%区間**は、**ブートストラップ**（bootstrap）で求めます。14個の差から、重複を許して14個を引き直し、平均を取ることを1万回繰り返して、真ん中の95%を取ります。
#
# **予想してみよう**　区間が0を含まないのは、どちらの差でしょうか。
# %% [markdown] lang="en" id="leads-question"
# ## Experiment 4: is the lead real?
#
# For B there are two small leads: an ensemble of five networks over one, and “all of it” (the middle dose) over shifts of 0.1 alone. In both cases the 14 seeds overlap. But **the same seed meant the same data**, so if we take differences seed by seed, good or bad luck with the images largely cancels.
#
# The **95% interval** of the mean difference comes from the **bootstrap**: draw 14 of the 14 differences with replacement, take their mean, do so ten thousand times, and keep the middle 95%.
#
# **Make a guess.** For which of the two does the interval leave 0 out?

# %% id="leads-run"
def accuracy_of(remedy, setting, table=tables["few_rows"]):
    rows = table[(table["remedy"] == remedy) & (table["setting"] == setting)]
    return rows.set_index("seed")["test_accuracy"]


one, five = accuracy_of("ensemble", "none"), accuracy_of("ensemble", "networks=5")
shifts = accuracy_of("shifts", "translation=0.1")
several = accuracy_of("several", "translation=0.1, dropout_rate=0.3, l2=0.001")

# %% id="leads-figure"
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.8), layout="constrained")
found = {}
pairs = [("remedy_nothing", one, "remedy_ensemble", five), ("remedy_shifts", shifts, "all_of_it", several)]
for ax, (before, first, after, second) in zip(axes, pairs, strict=True):
    plots.plot_pairs(first, second, (text(before), text(after)), text("test_accuracy"), ax=ax)
    ends = [np.round(way(first, second), 3) for way in (intervals.paired, intervals.unpaired)]
    found[f"{text(before)} → {text(after)}"] = [round((second - first).mean(), 4), *map(list, ends)]
pd.DataFrame(found, index=[text("mean"), text("interval_paired"), text("interval_unpaired")]).T

# %% [markdown] lang="ja" id="leads-seen" claims="07-paired-sees-more"
# - **アンサンブルの差は小さくても本物と見てよいでしょう。** 平均+0.0073、シードごとの差の区間は[0.005, 0.009]で、0を含みません（よい／同じ／悪いが13/0/1個）。別々のシードで測ったことにすると、区間は[-0.001, 0.016]まで広がります。
# - **「全部」とずらすだけとの差は、これだけのシードでは、あるともないとも言えません。** 平均+0.0055、区間は[-0.000, 0.012]、9/0/5個です。
#
# **区間の前提**　ブートストラップは、14個のシードを独立な標本とみなします。実際には、どのシードも同じ5000枚を分け直したものです。だから、この区間は「この画像の別の分け方」についてのもので、まったく新しい画像については少し狭すぎます。訓練の行の重なりを補正する式（Nadeau and Bengio 2003）もありますが、テストが4600枚で訓練が200枚のここでは、区間が18倍ほどに広がってしまい、使えません。また、12個の薬からいちばんよかったものを選んでから区間を求めると、区間は甘くなります。ここでは、比べる2組を先に決めました。
# %% [markdown] lang="en" id="leads-seen" claims="07-paired-sees-more"
# - **The ensemble's lead is small and can be taken as real**: mean +0.0073, paired interval [0.005, 0.009], which leaves 0 out (13/0/1 seeds better/equal/worse). As if measured with different seeds, the interval widens to [-0.001, 0.016].
# - **All of it over shifts alone: with these seeds we cannot say whether there is one.** The mean is +0.0055, the interval [-0.000, 0.012], with 9/0/5 seeds.
#
# **What the interval assumes.** The bootstrap takes the 14 seeds as independent draws. In fact all of them divide the same 5000 images. So the interval is about other divisions of these images; for images that are altogether new it is a little too narrow. There is a formula that corrects for training rows in common (Nadeau and Bengio 2003), but with 4600 test and 200 training images it would make the interval about 18 times as wide, which is of no use here. And had we first looked for the best of 12 medicines, its interval would flatter; here the two pairs were named beforehand.

# %% [markdown] lang="ja" id="ex-interval" tags=["exercise"]
# ### 練習3　区間を自分で
#
# 関数`interval(first, second, rng)`を書いてください。`first`と`second`は、同じシードが同じ位置にあるNumPyの配列です。`second - first`の平均の95%区間を、下端と上端の組で返します。乱数は`rng`から引きます。関数の名前を`answer`に入れてください。
#
# <details><summary>ヒント1</summary>
#
# まず差を取ります。
#
# </details>
# <details><summary>ヒント2</summary>
#
# `rng.integers(0, len(gain), (10_000, len(gain)))`で、シードを重複を許して引き直します。その平均の2.5%点と97.5%点を、`np.percentile`で求めます。
#
# </details>
# %% [markdown] lang="en" id="ex-interval" tags=["exercise"]
# ### Exercise 3: an interval of your own
#
# Write a function `interval(first, second, rng)`. `first` and `second` are NumPy arrays with the same seeds in the same places. Return the two ends of the 95% interval of the mean of `second - first`, and take random numbers from `rng`. Put the name of the function into `answer`.
#
# <details><summary>Hint 1</summary>
#
# Take the differences first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `rng.integers(0, len(gain), (10_000, len(gain)))` draws seeds with replacement. Then ask `np.percentile` for the 2.5% and 97.5% points of the means.
#
# </details>

# %% id="ex-interval-answer" tags=["exercise"]
answer = ...

# %% id="ex-interval-solution" tags=["solution"]
def interval(first, second, rng):
    gain = second - first
    picks = rng.integers(0, len(gain), (10_000, len(gain)))
    return np.percentile(gain[picks].mean(axis=1), [2.5, 97.5])


answer = interval

# %% id="ex-interval-check" tags=["check"]
check("07-interval", answer)

# %% [markdown] lang="ja" id="guide" claims="07-same-fever-two-illnesses 07-remedies-on-wrong-labels 07-shifts-cure-few-rows 07-penalties-make-honest"
# ## 手引き
#
# | **検証データ**で見えること | 最初に試すこと | 測った根拠（テストデータ、14シード） |
# |---|---|---|
# | 損失が上がり、正解率も下がる | ラベルを見直す。早期終了（訓練1回で済む）、次にドロップアウト、「全部」 | 患者Aの正解率が0.712から0.866、0.885、0.893へ |
# | 損失は上がるが、正解率はほぼ同じ | 画像を増やす（ラベルを変えない動かし方を知っているなら、ずらす） | 患者Bの正解率が0.831から0.880へ、対数尤度が-0.900から-0.407へ |
# | 同上で、動かし方を知らず、確率を使いたい | 温度、L2、AdamW、ドロップアウトを検証損失で選ぶ | 患者Bの対数尤度が-0.900から、温度で-0.566、L2で-0.578、ドロップアウトで-0.552へ。正解率はほぼそのまま |
#
# **いつでも守ること**　設定に「なし」を入れる。報告する物差しで、検証データで選ぶ。選んだ値が範囲の端なら、広げる。テストデータは最後に1回だけ開ける。差はシードごとに取り、区間を添える。
#
# **この手引きが通用しなくなるところ**　測ったのは2種類の手書き数字と、小さなネットワークを1つずつだけです。正解率が下がることは手がかりで、証拠ではありません。検証損失が上がらない健康な患者は、ここでは測っていません。**手引きは試す順番を決めるだけで、決めるのは検証データです。**
# %% [markdown] lang="en" id="guide" claims="07-same-fever-two-illnesses 07-remedies-on-wrong-labels 07-shifts-cure-few-rows 07-penalties-make-honest"
# ## A guide
#
# | what **validation data** show | what to try first | measured (test data, 14 seeds) |
# |---|---|---|
# | the loss rises and the accuracy falls | look at the labels; early stopping (a single run), then dropout, then all of it | patient A's accuracy: 0.712 to 0.866, 0.885, 0.893 |
# | the loss rises, the accuracy stays level | more images: shifts, if you know changes that leave the label as it is | patient B's accuracy 0.831 to 0.880, its log-likelihood -0.900 to -0.407 |
# | the same, no such change is known, and you use the probabilities | a temperature, L2, AdamW or dropout, chosen by validation loss | patient B's log-likelihood -0.900 to -0.566 (temperature), -0.578 (L2), -0.552 (dropout); the accuracy hardly changes |
#
# **Always**: have “none” among the settings. Choose by the ruler that you will report, on validation data. If an end of the range is chosen, widen it. Open the test data once, at the end. Take differences seed by seed, and state their interval.
#
# **Where this guide stops being valid.** We measured two kinds of handwritten digits, with one small network each. A falling accuracy is a hint and no proof. A healthy patient, whose validation loss does not rise, was not measured here. **The guide only says what to try first. The validation data decide.**

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("07")

# %% [markdown] lang="ja" id="folds-question"
# ## もっと深く　1回の分割か、交差検証か
#
# ここからは、時間のある人のための話です。検証データが200枚だけでは、その当たり外れで選んでしまわないか、心配になります。**交差検証**（cross-validation）では、Aのラベルの付いた600枚を5つに分け、1つを検証用、残りの4つを訓練用にすることを、5回繰り返します。5つの損失の平均で選びます。どの画像も、ちょうど1回ずつ検証に使われます。
#
# 平均の不確かさも分かります。5つの値の標準偏差を$s$とすると、平均の**標準誤差**（standard error）は$s/\sqrt{5}$です。**1標準誤差ルール**（one-standard-error rule）は、「最小の平均＋その標準誤差」以下の中で、**いちばん強い**正則化を選びます。区別が付かないなら簡単なモデルを選ぼう、という考え方です。ただし、5つのモデルは訓練の行を共有していて、5つの損失は独立ではありません。$s/\sqrt{5}$は小さすぎることが多く、目安と考えてください（Bengio and Grandvalet 2004）。
#
# **予想してみよう**　5つの分割で、損失はどのくらい違うでしょうか。
# %% [markdown] lang="en" id="folds-question"
# ## Going deeper: a single split or cross-validation?
#
# From here on the lesson is for those who have more time. With only 200 validation images you may worry that luck makes the choice. In **cross-validation** A's 600 labeled images are divided into five parts. Five times, one part is for validation and the other four for training. The mean of the five losses decides. Every image is used for validation exactly once.
#
# It also tells how uncertain the mean is. If $s$ is the standard deviation of the five values, the **standard error** of their mean is $s/\sqrt{5}$. The **one-standard-error rule** chooses the **strongest** regularization whose mean is no higher than the lowest mean plus its standard error. The idea: if you cannot tell them apart, take the simpler model. But the five models share training rows, so their losses are not independent. $s/\sqrt{5}$ is often too small; take it as a rough guide (Bengio and Grandvalet 2004).
#
# **Make a guess.** How much will the loss differ between the five parts?

# %% id="folds-sweep"
strengths = [0.001, 0.002, 0.004, 0.007, 0.01, 0.015, 0.02, 0.03]


def build_model(l2, fold=None, seed=0):
    return models.classifier(64, 10, units=(128, 128), l2=l2, learning_rate=0.002, seed=seed)


def sweep(grid, rows, seeds=range(10)):
    return training.sweep(
        build_model, grid, data=rows, epochs=60, batch_size=64, seeds=seeds, progress=False
    ).final

# %% id="folds-run"
def labeled_rows(seed):
    digits = patient_a(seed)
    return [np.concatenate(pair) for pair in zip(digits.train, digits.validation, strict=True)]


def fold_rows(fold, seed, **point):
    x, y = labeled_rows(seed)
    inside, outside = list(KFold(5, shuffle=True, random_state=seed).split(x))[fold]
    return (x[inside], y[inside]), (x[outside], y[outside])


def fold_losses(table):
    return table.pivot(index="l2", columns="fold", values="val_data_loss")


live = sweep({"l2": strengths, "fold": range(5)}, fold_rows, seeds=[0])
plots.plot_folds(strengths, fold_losses(live));

# %% [markdown] lang="ja" id="folds-seen" claims="07-folds-differ"
# 細い線が5つの分割、太い線がその平均です。この実行では、$\lambda = 0.01$くらいまで、同じ$\lambda$でも、分割によって損失が0.2から0.3ほど違いました。1回の分割だけで検証損失を報告すると、これだけの運が入るということです。一方、谷の**位置**は、どの分割でもよく似ています。
# %% [markdown] lang="en" id="folds-seen" claims="07-folds-differ"
# Thin lines are the five parts, the thick one is their mean. In this run, up to about $\lambda = 0.01$, the loss for one $\lambda$ differs by 0.2 to 0.3 between parts: so much luck is in a validation loss reported from a single split. The **place** of the valley, on the other hand, is much the same in all of them.

# %% [markdown] lang="ja" id="rules-question"
# ### 3つのルールを10個のシードで
#
# 同じことを10個のシードで繰り返します。ルールは、1回の分割（200枚）、5分割の平均の最小、1標準誤差ルールの3つです。選んだあとは、どれもラベルの付いた600枚**すべて**で訓練し直し、テストデータで測ります。$\lambda$は、1回の分割では400枚、5分割では480枚で訓練して選んだものです。行が増えると、ちょうどよい$\lambda$は小さめになりがちですが、ここでは選んだ値をそのまま使います。
#
# **予想してみよう**　3つのルールは、大きく違う$\lambda$を選ぶでしょうか。
# %% [markdown] lang="en" id="rules-question"
# ### Three rules, 10 seeds
#
# Now the same for 10 seeds. The rules are a single split (200 images), the lowest mean of 5 folds, and the one-standard-error rule. Whatever the rule, the chosen strength is then used to train on **all** 600 labeled images, and the model is measured on test data. Note that $\lambda$ was chosen with 400 training images for the single split, and with 480 for 5 folds. With more rows the best $\lambda$ tends to be smaller; here we use the chosen value as it is.
#
# **Make a guess.** Will the three rules choose very different $\lambda$?

# %% id="rules-run"
def all_rows(seed, **point):
    return labeled_rows(seed), patient_a(seed).test


if RECOMPUTE:
    folds = sweep({"l2": strengths, "fold": range(5)}, fold_rows)
    single = sweep({"l2": strengths}, lambda seed, **point: patient_a(seed))
    retrained = sweep({"l2": strengths}, all_rows)
    retrained["test_accuracy"] = retrained["val_accuracy"]
    retrained["test_log_likelihood"] = -retrained["val_data_loss"]
else:
    folds, single, retrained = (stored.load(f"07_{name}") for name in ("folds", "single_split", "retrained"))

# %% id="rules-choose"
def one_standard_error(losses):
    mean, error = losses.mean(axis=1), losses.std(axis=1) / np.sqrt(losses.shape[1])
    limit = mean.min() + error[mean.idxmin()]
    return mean.index[mean <= limit].max()


rules = ("single_split", "five_folds", "one_standard_error")
choices, seen = {rule: [] for rule in rules}, {"single_split": [], "five_folds": []}
for seed in range(10):
    once = single[single["seed"] == seed].set_index("l2")["val_data_loss"]
    five = fold_losses(folds[folds["seed"] == seed])
    for rule, strength in zip(rules, (once.idxmin(), five.mean(axis=1).idxmin(), one_standard_error(five))):
        choices[rule].append(float(strength))
    seen["single_split"].append(once.min())
    seen["five_folds"].append(five.mean(axis=1).min())

# %% id="rules-figure"
measured = retrained.set_index(["l2", "seed"])[["test_accuracy", "test_log_likelihood"]]
plots.plot_scores({text(rule): losses for rule, losses in seen.items()}, text("loss_when_chosen"))
pd.DataFrame(
    {text(rule): [*np.mean([measured.loc[pair] for pair in zip(strength, range(10))], axis=0).round(3),
                  min(strength), max(strength)] for rule, strength in choices.items()},
    index=[text("test_accuracy"), text("test_log_likelihood"), text("least_strength"), text("most_strength")],
).T

# %% [markdown] lang="ja" id="rules-seen" claims="07-cross-validation-steadies-the-estimate"
# この実行では、次のようになりました。
#
# - **選ばれた$\lambda$はよく似ています。** どのルールも0.007から0.015の間で、正解率は、1回の分割が0.890、5分割が0.893、1標準誤差ルールが0.885でした。選ぶだけなら、このデータでは1回の分割でもほとんど足りました。
# - **違うのは、見積もりの安定度です。** 図は、選んだ$\lambda$の検証損失です。1回の分割では標準偏差が0.055、5分割では0.032でした。検証に使う画像が200枚から600枚、つまり3倍になると、ばらつきは$1/\sqrt{3}$ほどになるという計算に近い値です（平均も小さいのは、400枚ではなく480枚で訓練するからです）。成績の**見積もり**が欲しいなら、5倍の計算時間をかける価値があります。
# - **1標準誤差ルールは、ここでは得になりませんでした。** 強すぎるほうに寄り、対数尤度は-0.84から-0.97に下がりました。「簡単なモデル」に値打ちがある（たとえば、L1で特徴量を減らしたい）ときのルールです。
# %% [markdown] lang="en" id="rules-seen" claims="07-cross-validation-steadies-the-estimate"
# In this run we found the following.
#
# - **The chosen $\lambda$ are much alike.** All rules choose between 0.007 and 0.015, and the accuracies are 0.890 for the single split, 0.893 for 5 folds and 0.885 for the one-standard-error rule. As far as the choice goes, a single split was almost enough for these data.
# - **What differs is how steady the estimate is.** The figure shows the validation loss of the chosen $\lambda$. Its standard deviation is 0.055 with a single split and 0.032 with 5 folds. That is close to what arithmetic says: 600 validation images instead of 200, 3 times as many, should cut the spread to about $1/\sqrt{3}$. (The mean is lower, too, because 480 images train the model instead of 400.) If you want an **estimate** of the score, it is worth 5 times the computation.
# - **The one-standard-error rule did not pay here.** It leans to the strong side, and the log-likelihood fell from -0.84 to -0.97. It is a rule for when a simpler model is worth something in itself, for example fewer features with L1.

# %% [markdown] lang="ja" id="ex-rule" tags=["exercise"]
# ### 練習4　1標準誤差ルールを手で
#
# 次の表は、ある交差検証の結果です（行が$\lambda$、列が4つの分割）。1標準誤差ルールが選ぶ$\lambda$はどれでしょうか。`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# 平均が最小の行を見つけ、その行の標準偏差を$\sqrt{4}$で割り、最小の平均に足します。それ以下の平均を持つ、いちばん大きい$\lambda$です。`rule_table.mean(axis=1)`は行ごとの平均です。
#
# </details>
# %% [markdown] lang="en" id="ex-rule" tags=["exercise"]
# ### Exercise 4: the one-standard-error rule by hand
#
# The next table is the result of a cross-validation, with a row for each $\lambda$ and a column for each of 4 folds. Which $\lambda$ does the one-standard-error rule choose? Put it into `answer`.
#
# <details><summary>Hint</summary>
#
# Find the row with the lowest mean, divide its standard deviation by $\sqrt{4}$ and add that to the lowest mean. You want the largest $\lambda$ whose mean is no higher. `rule_table.mean(axis=1)` gives the mean of each row.
#
# </details>

# %% id="ex-rule-table" tags=["exercise"]
rule_table = pd.DataFrame(
    [[1.30, 1.50, 1.40, 1.60], [1.00, 1.20, 1.10, 1.30], [1.08, 1.22, 1.13, 1.33],
     [1.20, 1.26, 1.22, 1.28], [1.60, 1.70, 1.65, 1.75]],
    index=[0.001, 0.003, 0.01, 0.03, 0.1],
)
answer = ...
rule_table

# %% id="ex-rule-solution" tags=["solution"]
mean = rule_table.mean(axis=1)
lowest = mean.idxmin()
standard_error = rule_table.loc[lowest].std() / np.sqrt(4)
limit = mean[lowest] + standard_error
answer = mean.index[mean <= limit].max()

# %% id="ex-rule-check" tags=["check"]
check("07-rule", answer, rule_table)

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - 検証損失が上がるのは、間違いが増えるからとは限りません。正解率も一緒に見ます。
# - どの対策にも同じ数の設定を与え、「なし」を含めます。設定も対策も検証データで選び、テストデータは1回だけ開けます。
# - 正解率と対数尤度は別のことを測ります。報告するほうの物差しで選びます。
# - 差はシードごとに取り、平均の区間と、同点も含めた勝ち負けの数を添えます。
# - 順位はデータで変わります。ここにあるのは、2人の患者の、1つずつのネットワークの結果です。
#
# 前の課は[06　ドロップアウト](06_dropout.ipynb)、次の課は[08　総合演習](08_capstone.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[EarlyStopping](https://keras.io/api/callbacks/early_stopping/)、[画像のデータ拡張](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)、[AdamW](https://keras.io/api/optimizers/adamw/)
# - C. Guo, G. Pleiss, Y. Sun, K. Weinberger (2017). On calibration of modern neural networks. ICML.
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: Beyond empirical risk minimization. ICLR.
# - I. Loshchilov, F. Hutter (2019). Decoupled weight decay regularization. ICLR.
# - B. Efron, R. Tibshirani (1993). An Introduction to the Bootstrap. Chapman & Hall.
# - C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine Learning 52, 239–281.
# - G. Cawley, N. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
# - L. Breiman, J. Friedman, R. Olshen, C. Stone (1984). Classification and Regression Trees. Wadsworth.（1標準誤差ルール）
# - Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of k-fold cross-validation. Journal of Machine Learning Research 5, 1089–1105.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - A rising validation loss need not mean more mistakes. Look at the accuracy as well.
# - Give every remedy as many settings, “none” among them. Validation data choose the setting and the remedy, and the test data are opened once.
# - Accuracy and log-likelihood measure different things. Choose by the ruler that you will report.
# - Take differences seed by seed, and state the interval of their mean with the wins, ties and losses.
# - Rankings change with the data. What you saw are two patients with one network each.
#
# The previous lesson is [06 Dropout](06_dropout.ipynb), the next one [08 Capstone](08_capstone.ipynb).
#
# ## Read more
#
# - On Keras' pages: [EarlyStopping](https://keras.io/api/callbacks/early_stopping/), [image augmentation](https://keras.io/api/layers/preprocessing_layers/image_augmentation/), [AdamW](https://keras.io/api/optimizers/adamw/)
# - C. Guo, G. Pleiss, Y. Sun, K. Weinberger (2017). On calibration of modern neural networks. ICML.
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: Beyond empirical risk minimization. ICLR.
# - I. Loshchilov, F. Hutter (2019). Decoupled weight decay regularization. ICLR.
# - B. Efron, R. Tibshirani (1993). An Introduction to the Bootstrap. Chapman & Hall.
# - C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine Learning 52, 239–281.
# - G. Cawley, N. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
# - L. Breiman, J. Friedman, R. Olshen, C. Stone (1984). Classification and Regression Trees. Wadsworth. (The one-standard-error rule.)
# - Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of k-fold cross-validation. Journal of Machine Learning Research 5, 1089–1105.
