# %% [markdown] lang="ja" id="title"
# # 07　対策の選び方
#
# L1、L2、Elastic Net、ドロップアウト、早期終了。対策はそろいました。この課では、これらを同じ条件で競わせ、何がどれだけ効くのかを、ばらつきと一緒に測ります。最後に、結果から分かることを1ページの手引きにまとめます。
#
# **このノートブックを終えると、次のことができます。**
#
# - 強さを検証データで選び、テストデータを1回だけ使って報告する
# - 複数の対策を、同じ条件と複数のシードで公平に比べる
# - 正解率と対数尤度が別の結論を出すことがある理由を説明する
# - 交差検証と1標準誤差ルールを使い、その限界を知る
# - 自分のデータで、どの対策から試すかを決める
#
# 時間の目安は50分です。
# %% [markdown] lang="en" id="title"
# # 07 Choosing between remedies
#
# L1, L2, Elastic Net, dropout, early stopping: the medicine cabinet is full. In this lesson these compete under the same conditions, and you measure how much each achieves, and how much that varies. At the end, what we have found becomes a one-page guide.
#
# **When you have finished this notebook, you can**
#
# - choose a strength on validation data, and report once on test data
# - compare remedies fairly, under the same conditions and with several seeds
# - explain why accuracy and log-likelihood may lead to different conclusions
# - use cross-validation and the one-standard-error rule, and know their limits
# - decide which remedy to try first on data of your own
#
# Allow about 50 minutes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

from coursekit import data, models, plots, stored, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 薬をどう比べるか
#
# 薬棚に、過学習に効くという瓶が並んでいます。どの瓶にも「よく効きました」という体験談が付いていますが、試した人も、量も、期間もばらばらです。これでは比べられません。
#
# 新しい薬を比べる試験では、同じような人に、同じ期間だけ使います。量は別の人で先に決めておき、最後の測定は1回だけです。私たちもそうしましょう。人の代わりがデータの行、量が強さ$\lambda$や率、先に量を決める相手が検証データ、最後の測定がテストデータです。
#
# **過学習には、どの薬を選べばよいのでしょうか。**
# %% [markdown] lang="en" id="story"
# ## How do you compare medicines?
#
# In a cabinet stand bottles, each said to help against overfitting. Each comes with a success story, but the patients, the doses and the durations all differ. That is no comparison.
#
# In a trial, similar people take the medicines for the same time. The dose is settled beforehand, on other people, and the final measurement is taken once. Let us do the same: our people are rows of data, the dose is a strength $\lambda$ or a rate, it is settled on validation data, and the final measurement is the test data.
#
# **Which bottle should you take against overfitting?**

# %% [markdown] lang="ja" id="dose-question"
# ## 実験1　量を決める
#
# まず、1つの薬で手順を確かめます。[06](06_dropout.ipynb)と同じく、400枚の数字で、ラベルの約36%が誤ったデータです。検証用の200枚にも同じ割合で誤りがあり、テスト用の1197枚のラベルだけが正しいものです。L2の強さ$\lambda$を8通り試し、**検証データでのデータ損失**がいちばん小さいものを選びます。
#
# **予想してみよう**　訓練データでの損失と検証データでの損失は、どの$\lambda$で最小になるでしょうか。
# %% [markdown] lang="en" id="dose-question"
# ## Experiment 1: settling the dose
#
# First, the procedure on a single medicine. As in [06](06_dropout.ipynb) there are 400 images of digits with about 36% wrong labels. The share is the same among the 200 validation images; only the labels of the 1197 test images are correct. We try 8 strengths $\lambda$ of L2 and choose the one with the lowest **data loss on validation data**.
#
# **Make a guess.** At which $\lambda$ will the loss on training data be lowest, and at which that on validation data?

# %% id="dose-run"
def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def build_model(units=128, l1=None, l2=None, rate=None, input_rate=None, fold=None, seed=0):
    return models.classifier(
        64, 10, units=(units, units), l1=l1, l2=l2, dropout_rate=rate,
        input_dropout_rate=input_rate, learning_rate=0.002, seed=seed,
    )


def train(grid, rows=noisy_digits, seeds=range(10), callbacks=None):
    return training.sweep(
        build_model, grid, data=rows, epochs=60, batch_size=64, seeds=seeds,
        callbacks=callbacks, progress=False,
    )

# %% id="dose-figure"
strengths = [0.001, 0.002, 0.004, 0.007, 0.01, 0.015, 0.02, 0.03]
result = train({"l2": strengths}, seeds=[0])
losses = {"training": result.final["data_loss"], "validation": result.final["val_data_loss"]}
best = result.best("val_data_loss")
plots.plot_validation_curve(strengths, losses, text("data_loss"), chosen=best["l2"])
test = training.evaluate(result.model(best, seed=0), *noisy_digits(0).test)
print(f"test accuracy {test['accuracy']:.2f}   log-likelihood {-test['data_loss']:.2f}")

# %% [markdown] lang="ja" id="dose-seen" claims="07-dose-chosen-on-validation"
# 訓練データでの損失は、$\lambda$が小さいほど小さくなります。これで選べば、いつも「薬なし」が勝ってしまいます。検証データでの損失は谷の形になり、底は0.01のあたりでした。谷の底が範囲の**内側**にあることも大切です。端で選ばれたら、範囲を広げてやり直します。
#
# 選んでから、テストデータを1回だけ使いました。正解率は0.87です。損失はペナルティを含まない**データ損失**で比べます。ペナルティを含めると、$\lambda$の違うモデルどうしを比べられません。
# %% [markdown] lang="en" id="dose-seen" claims="07-dose-chosen-on-validation"
# On training data, the smaller $\lambda$ is, the lower the loss: choose by it, and “no medicine” always wins. On validation data it forms a valley with its bottom at about 0.01. It also matters that the bottom is **inside** the range: if an end is chosen, widen the range and try again.
#
# Only then did we use the test data, once: the accuracy is 0.87. Note that we compare the **data loss**, without the penalty. With the penalty in it, models of different $\lambda$ cannot be compared.

# %% [markdown] lang="ja" id="all-question"
# ## 実験2　正則化と早期終了を同じ条件で
#
# いよいよ全員を競わせます。データ、分け方、ネットワーク、エポック数（最大60）は同じです。調整の予算もそろえ、どの対策も、**試す設定は6通りまで**とします。早期終了は、いつ止めるかを検証データが決めるので、1通りです。
#
# 組み合わせも3つ加えます。シードは10個で、シードごとに、データの分け方、ノイズ、初期の重み、行の順番、マスクのすべてを変え、設定もシードごとに選び直します。
#
# **データ拡張**は加えません。画像のように、ラベルを変えない動かし方を知っているデータでしか使えず、ほかの対策と条件がそろわないからです。[02](02_causes_and_remedies.ipynb)では、隠れ層1つの別のネットワークですが、同じ割合で誤ったラベルの400枚で、正解率を0.77から0.91ほどに上げた強い対策でした。
#
# **予想してみよう**　1位はどれでしょうか。「対策なし」とは、どのくらい差が付くでしょうか。
# %% [markdown] lang="en" id="all-question"
# ## Experiment 2: regularization and early stopping under the same conditions
#
# Now all of them compete, on the same data and splits, with the same network and number of epochs (at most 60). They have the same budget for tuning, too: **at most 6 settings each**. Early stopping has a single one, because validation data decide when to stop.
#
# There are also three combinations. With 10 seeds, each draws everything anew: split, noise, initial weights, order of the rows and masks. The setting, too, is chosen anew for each seed.
#
# **Data augmentation** is left out. It needs data such as images, for which you know changes that leave the label as it is, so the conditions would not be the same. It is strong, though: in [02](02_causes_and_remedies.ipynb), with another network of a single hidden layer and 400 images with as many wrong labels, it raised the accuracy from 0.77 to about 0.91.
#
# **Make a guess.** Which one will win, and how far ahead of “nothing” will it be?

# %% id="remedies"
l1s, l2s = [3e-5, 1e-4, 3e-4, 1e-3, 2e-3, 4e-3], [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
pairs = [(1e-5, 1e-4), (1e-4, 1e-3), (1e-4, 1e-2), (3e-4, 3e-3), (5e-4, 5e-3), (1e-3, 1e-2)]
rates, weak_l2s = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8], [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
remedies = {
    "nothing": [{}],
    "early_stopping": [{}],
    "smaller_network": [{"units": n} for n in (4, 8, 16, 24, 32, 64)],
    "l1": [{"l1": s} for s in l1s],
    "l2": [{"l2": s} for s in l2s],
    "elastic_net": [{"l1": a, "l2": b} for a, b in pairs],
    "dropout": [{"rate": r} for r in rates],
    "dropout_and_input": [{"rate": r, "input_rate": 0.2} for r in rates],
    "dropout_and_l2": [{"rate": 0.5, "input_rate": 0.2, "l2": s} for s in weak_l2s],
    "l2_and_stopping": [{"l2": s} for s in l2s],
    "dropout_and_stopping": [{"rate": r, "input_rate": 0.2} for r in rates],
}

# %% id="measure"
def stop_early():
    return [keras.callbacks.EarlyStopping("val_data_loss", patience=10, restore_best_weights=True)]


def measure(remedy, rows, seeds=range(10)):
    result = train(remedies[remedy], rows, seeds, stop_early if "stopping" in remedy else None)
    records = []
    for run in result.runs:
        validation, test = (
            training.evaluate(run.model, *part) for part in (rows(run.seed).validation, rows(run.seed).test)
        )
        setting = ", ".join(f"{name}={value:g}" for name, value in run.point.items()) or "-"
        records.append([remedy, setting, run.seed, validation["data_loss"], test["accuracy"], -test["data_loss"]])
    columns = ["remedy", "setting", "seed", "validation_loss", "test_accuracy", "test_log_likelihood"]
    return pd.DataFrame(records, columns=columns)

# %% [markdown] lang="ja" id="stored-note"
# 560個のモデルの訓練には3分ほどかかるので、結果を保存してあります。`RECOMPUTE = True`にすると、ここで計算し直します。
# %% [markdown] lang="en" id="stored-note"
# Training 560 models takes about 3 minutes, so the results are stored. Set `RECOMPUTE = True` to compute them here.

# %% id="all-run"
RECOMPUTE = False


def trial(rows, name):
    if RECOMPUTE:
        return pd.concat([measure(remedy, rows) for remedy in remedies], ignore_index=True)
    return stored.load(name)


def chosen(table):
    return table.loc[table.groupby(["remedy", "seed"])["validation_loss"].idxmin()]


def scores(table, column):
    return chosen(table).pivot(index="seed", columns="remedy", values=column)[list(remedies)]


noisy = trial(noisy_digits, "07_noisy")

# %% id="all-table"
def summary(table):
    columns = {}
    for column in ("test_accuracy", "test_log_likelihood"):
        found = scores(table, column)
        columns[text(column)] = [f"{m:.3f} ± {s:.3f}" for m, s in zip(found.mean(), found.std(), strict=True)]
    names = pd.Index([text(f"remedy_{name}") for name in remedies], name=text("remedy"))
    return pd.DataFrame(columns, index=names)


summary(noisy)

# %% id="all-figure"
def labeled(found):
    return {text(f"remedy_{name}"): found[name] for name in found}


accuracy = scores(noisy, "test_accuracy")
plots.plot_scores(labeled(accuracy), text("test_accuracy"), baseline=text("remedy_nothing"));

# %% [markdown] lang="ja" id="all-seen" claims="07-remedies-on-wrong-labels"
# ひし形は10個のシードの平均、横線は標準偏差、その下の灰色の丸はシード1つずつの値です。点線は「対策なし」の平均です。
#
# - **どの薬も正解率を上げました。** 「対策なし」の0.711に対し、いちばん弱い「小さなネットワーク」でも0.828です。10個のシードのすべてで「対策なし」を上回りました。
# - **L1、L2、Elastic Netは横並び**です。0.860、0.862、0.860で、平均の差は0.002までです。平均の差が本物かどうかは、実験3でシードごとに差を取って考えます。
# - **早期終了は、いちばん手軽なのに強い**（0.877）。設定を1つしか試していないのに、ペナルティに負けていません。
# - **入力にもドロップアウトを使い、L2を加えた**組み合わせが1位でした（0.901 ± 0.013）。
# %% [markdown] lang="en" id="all-seen" claims="07-remedies-on-wrong-labels"
# Diamonds are means over 10 seeds, the lines through them standard deviations, and the gray dots below them single seeds. The dotted line is the mean of “nothing”.
#
# - **Every medicine raised the accuracy.** “Nothing” reaches 0.711; even the weakest remedy, the smaller network, reaches 0.828. For each of the 10 seeds every remedy beat “nothing”.
# - **L1, L2 and Elastic Net are level**, at 0.860, 0.862 and 0.860: their means differ by at most 0.002. Whether a difference of means is real, experiment 3 asks seed by seed.
# - **Early stopping is the easiest of all, and strong** (0.877). With a single setting it is no worse than the penalties.
# - **Dropout, on the input too, together with L2** came first (0.901 ± 0.013).

# %% [markdown] lang="ja" id="ex-choose" tags=["exercise"]
# ### 練習1　自分で選ぶ
#
# `noisy`から「小さなネットワーク」（`"smaller_network"`）の行を取り出し、シードごとに**検証データで**選んだ設定の、テストデータでの正解率を、シードで平均してください。関数`chosen`と`scores`は使わずに求め、`answer`に入れます。
#
# <details><summary>ヒント</summary>
#
# `rows = noisy[noisy["remedy"] == "smaller_network"]`とし、`rows.groupby("seed")["validation_loss"].idxmin()`で、選ばれた行の番号が分かります。
#
# </details>
# %% [markdown] lang="en" id="ex-choose" tags=["exercise"]
# ### Exercise 1: choose for yourself
#
# Take the rows of `"smaller_network"` from `noisy`. For each seed choose the setting **on validation data**, and average the test accuracies of the chosen settings over the seeds. Do it without the functions `chosen` and `scores`, and put the mean into `answer`.
#
# <details><summary>Hint</summary>
#
# With `rows = noisy[noisy["remedy"] == "smaller_network"]`, `rows.groupby("seed")["validation_loss"].idxmin()` gives the labels of the chosen rows.
#
# </details>

# %% id="ex-choose-answer" tags=["exercise"]
answer = ...

# %% id="ex-choose-solution" tags=["solution"]
rows = noisy[noisy["remedy"] == "smaller_network"]
answer = rows.loc[rows.groupby("seed")["validation_loss"].idxmin(), "test_accuracy"].mean()

# %% id="ex-choose-check" tags=["check"]
check("07-choose", answer, noisy)

# %% [markdown] lang="ja" id="paired-question"
# ## 実験3　その差は本物か
#
# 平均と標準偏差だけを見ると、上位の横線は重なっています。けれども、どの対策も**同じシードでは同じデータ**で試したのですから、シードごとに差を取れば、データの当たり外れの多くが打ち消されます。早期終了との差を、シードごとに計算してみましょう。
#
# **予想してみよう**　10個のシードのすべてで早期終了に勝つ対策は、あるでしょうか。
# %% [markdown] lang="en" id="paired-question"
# ## Experiment 3: is the difference real?
#
# To judge by means and standard deviations alone, the leaders overlap. But **the same seed meant the same data** for all of them. So take differences seed by seed, and good or bad luck with the data largely cancels. Let us do so against early stopping.
#
# **Make a guess.** Will any remedy beat early stopping for all 10 seeds?

# %% id="paired-run"
gain = accuracy.sub(accuracy["early_stopping"], axis=0).drop(columns=["nothing", "early_stopping"])
ax = plots.plot_scores(labeled(gain), text("accuracy_gain"))
ax.axvline(0, color="black", linestyle=":", zorder=0)
for name in gain:
    print(f"{(gain[name] > 0).sum():2} of 10 seeds better: {text(f'remedy_{name}')}")
print("L2 beats L1:", (accuracy["l2"] > accuracy["l1"]).sum(), "of 10 seeds")

# %% [markdown] lang="ja" id="paired-seen" claims="07-paired-with-early-stopping"
# 点線（差が0）の右が、早期終了よりよいシードです。
#
# - 「ドロップアウト（入力にも）＋L2」は、10個すべてのシードで早期終了に勝ちました。差の平均は0.024です。
# - 隠れ層だけのドロップアウトは、勝ち負けが半々です。早期終了にL2を足しても、平均の差は0.001でした。
# - L1、L2、Elastic Netは、早期終了に負けることのほうが多く、差の平均は0.016ほどです。L2とL1を直接比べると、5勝5敗でした。
#
# 「負けたから悪い薬だ」と読まないでください。0.016は、新しい画像60枚に1枚の違いです。
# %% [markdown] lang="en" id="paired-seen" claims="07-paired-with-early-stopping"
# To the right of the dotted line (no difference) are the seeds for which a remedy beat early stopping.
#
# - “Dropout (input too) + L2” beat early stopping for all 10 seeds, by 0.024 on average.
# - Dropout in the hidden layers alone wins as often as it loses. Adding L2 to early stopping changes the mean by 0.001.
# - L1, L2 and Elastic Net lose to early stopping more often than not, by about 0.016 on average. L2 against L1 is 5 wins and 5 losses.
#
# Do not call a medicine bad because it lost: 0.016 is one new image in 60.

# %% [markdown] lang="ja" id="paired-verdict" claims="07-paired-sign-test"
# **では、本物でしょうか。** 本当は差がなく、勝ち負けがコイン投げで決まるとします。10個のうち8個以上がどちらか一方に偏る確率は0.11、9個以上なら0.02、10個すべてなら0.002です（**符号検定**、sign test）。8勝2敗は運でも起こりますが、10勝0敗を運だけで説明するのは無理があります。
#
# 割り引くことが2つあります。
#
# - 9個の対策を比べたので、運のよいものが1つ混ざりやすくなります。0.002は9倍の0.02ほどと考えます。9勝1敗の0.02は、同じように考えると0.2ほどになり、何も言えません。
# - 10個のシードは同じ1797枚の画像を分け直したものなので、互いに独立ではありません。実際に運で起こる確率は、これより大きいと考えるべきです。
#
# 判定は、「このデータでは、『ドロップアウト（入力にも）＋L2』の0.024は本物と見てよい。ほかの対策と早期終了との優劣は、まだ言えない（『小さなネットワーク』の負けを除く）」です。
# %% [markdown] lang="en" id="paired-verdict" claims="07-paired-sign-test"
# **So is it real?** Suppose there were no difference and a coin decided who wins. Then the probability that 8 or more of 10 seeds favor the same side is 0.11; for 9 or more it is 0.02, and for all 10 it is 0.002 (the **sign test**). Luck may well bring 8 wins and 2 losses; it is a poor explanation of 10 wins and 0 losses.
#
# Two things weaken this.
#
# - We compared 9 remedies, so one of them may just be lucky. Think of 0.002 as 9 times as much, about 0.02. In the same way, the 0.02 of 9 wins and 1 loss becomes about 0.2, which says nothing.
# - The 10 seeds are splits of the same 1797 images, so they are not independent. Expect the true probabilities to be higher than these.
#
# The verdict: on these data, take the 0.024 of “dropout (input too) + L2” as real. For the others, we cannot say whether they are better or worse than early stopping (except the smaller network, which lost).

# %% [markdown] lang="ja" id="ex-wins" tags=["exercise"]
# ### 練習2　組にして比べる
#
# 「ドロップアウト（入力にも）＋L2」（`"dropout_and_l2"`）が「ドロップアウト（入力にも）」（`"dropout_and_input"`）より**正解率が高かった**シードは、10個のうちいくつでしょうか。`accuracy`を使って数え、`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `accuracy`は、行がシード、列が対策の表です。2つの列を`>`で比べると、真偽の列になります。
#
# </details>
# %% [markdown] lang="en" id="ex-wins" tags=["exercise"]
# ### Exercise 2: compare in pairs
#
# For how many of the 10 seeds was `"dropout_and_l2"` **more accurate** than `"dropout_and_input"`? Count with `accuracy`, and put the number into `answer`.
#
# <details><summary>Hint</summary>
#
# `accuracy` is a table with a row for each seed and a column for each remedy. Comparing two columns with `>` gives a column of true and false.
#
# </details>

# %% id="ex-wins-answer" tags=["exercise"]
answer = ...

# %% id="ex-wins-solution" tags=["solution"]
answer = (accuracy["dropout_and_l2"] > accuracy["dropout_and_input"]).sum()

# %% id="ex-wins-check" tags=["check"]
check("07-wins", answer, accuracy)

# %% [markdown] lang="ja" id="likelihood-question"
# ## 実験4　正解率だけでよいか
#
# 正解率は、当たったか外れたかだけを数えます。**対数尤度**（log-likelihood）は、正しいクラスに付けた確率の対数の平均で、どのくらいの自信で答えたかも含みます（大きいほどよく、符号を変えると、ペナルティを含まない交差エントロピーです）。
#
# **予想してみよう**　対数尤度の順位は、正解率の順位と同じでしょうか。
# %% [markdown] lang="en" id="likelihood-question"
# ## Experiment 4: is accuracy enough?
#
# Accuracy counts hits and misses only. The **log-likelihood** is the mean log of the probability given to the correct class, so it also asks how sure the model was. Higher is better; with the sign changed it is the cross-entropy without penalty.
#
# **Make a guess.** Will the ranking by log-likelihood be the ranking by accuracy?

# %% id="likelihood-run"
likelihood = scores(noisy, "test_log_likelihood")
plots.plot_scores(labeled(likelihood), text("test_log_likelihood"), baseline=text("remedy_nothing"));

# %% [markdown] lang="ja" id="likelihood-seen" claims="07-log-likelihood-gains-less"
# 同じではありません。正解率では「対策なし」よりはるかによかったL2が、対数尤度では「対策なし」とほぼ同じです（10個のうち、上回ったシードは3個）。10個すべてのシードで「対策なし」を上回ったのは、早期終了だけでした。
#
# **なぜでしょうか。** 検証データのラベルも36%が誤りでした。そこで成績がよいのは、「だいたい64%くらいの自信」で答えるモデルです。私たちはそういう控えめなモデルを選び、ラベルの正しいテストデータでは、その控えめさが減点されました。正解率は、控えめかどうかを気にしません。
#
# 確率そのものを使う（たとえば、自信のない画像を人に回す）なら対数尤度を、当たり外れだけが大切なら正解率を見ます。**何を測るかを、比べる前に決めてください。**
# %% [markdown] lang="en" id="likelihood-seen" claims="07-log-likelihood-gains-less"
# It is not. L2, far ahead of “nothing” in accuracy, is level with it in log-likelihood (better for 3 of the 10 seeds). Only early stopping beat “nothing” for all 10 seeds.
#
# **Why?** Of the validation labels, 36% are wrong too. A model that does well on them answers as if it were “about 64% sure”. Such a modest model is what we chose, and on test data with correct labels its modesty costs points. Accuracy does not care about modesty.
#
# If you use the probabilities themselves, say to hand doubtful images to a person, look at the log-likelihood; if only hits and misses matter, look at accuracy. **Decide what you measure before you compare.**

# %% [markdown] lang="ja" id="peek-question"
# ## 実験5　テストデータで選ぶと
#
# 手元には、56通りの設定のテスト結果がすべてあります。「どうせ測ったのだから、テストデータでいちばんよかったものを報告しよう」という誘惑に負けると、どうなるでしょうか。
#
# **予想してみよう**　正直に選んだ場合より、どのくらいよく見えるでしょうか。
# %% [markdown] lang="en" id="peek-question"
# ## Experiment 5: choosing on test data
#
# We have the test results of all 56 settings at hand. Suppose we gave in to temptation and reported the best of them, “since we measured them anyway”.
#
# **Make a guess.** How much better would it look than an honest choice?

# %% id="peek-run"
honest = noisy.loc[noisy.groupby("seed")["validation_loss"].idxmin(), "test_accuracy"]
peeking = noisy.groupby("seed")["test_accuracy"].max()
print(f"chosen on validation data {honest.mean():.3f}   chosen on test data {peeking.mean():.3f}")

# %% [markdown] lang="ja" id="peek-seen" claims="07-peeking-at-the-test"
# 0.896が0.906になりました。上乗せは0.01ほどで、実験3で本物と見た差（0.024）の半分近くになります。
#
# そのすべてが見せかけとは限りません。検証データは、誤りの多いラベルでの損失で選びます。テストデータは正しいラベルでの正解率で選ぶので、物差しとしても優れています。しかし、どこまでが実力でどこからが運なのかは、テストデータを選ぶのに使ってしまった以上、もう測れません。
#
# この程度で済んだのは、テストデータが1197枚もあるからです。[01](01_overfitting.ipynb)で見たように、枚数が少ないほど、上乗せは大きくなります。
# %% [markdown] lang="en" id="peek-seen" claims="07-peeking-at-the-test"
# 0.896 becomes 0.906. The bonus is 0.01, nearly half of the difference that we took as real in experiment 3 (0.024).
#
# Not all of it need be make-believe. Validation data choose by the loss on labels that are often wrong. Test data choose by accuracy on correct ones, which is a better yardstick. But how much is skill and how much is luck can no longer be measured, now that the test data have made the choice.
#
# It is not worse only because there are as many as 1197 test images. As you saw in [01](01_overfitting.ipynb), the fewer there are, the larger the bonus.

# %% [markdown] lang="ja" id="folds-question"
# ## 実験6　1回の分割か、交差検証か
#
# 検証データが200枚だけでは、その当たり外れで選んでしまわないか、心配になります。**交差検証**（cross-validation）では、ラベルの付いた600枚を5つに分け、1つを検証用、残りの4つを訓練用にすることを、5回繰り返します。5つの損失の平均で選びます。どの画像も、ちょうど1回ずつ検証に使われます。
#
# 平均の不確かさも分かります。5つの値の標準偏差を$s$とすると、平均の**標準誤差**（standard error）は$s/\sqrt{5}$です。**1標準誤差ルール**（one-standard-error rule）は、「最小の平均＋その標準誤差」以下の中で、**いちばん強い**正則化を選びます。区別が付かないなら簡単なモデルを選ぼう、という考え方です。ただし、5つのモデルは訓練の行を共有していて、5つの損失は独立ではありません。$s/\sqrt{5}$は小さすぎることが多く、目安と考えてください（Bengio and Grandvalet 2004）。
#
# **予想してみよう**　5つの分割で、損失はどのくらい違うでしょうか。
# %% [markdown] lang="en" id="folds-question"
# ## Experiment 6: a single split or cross-validation?
#
# With only 200 validation images you may worry that luck makes the choice. In **cross-validation** the 600 labeled images are divided into five parts. Five times, one part is for validation and the other four for training. The mean of the five losses decides. Every image is used for validation exactly once.
#
# It also tells how uncertain the mean is. If $s$ is the standard deviation of the five values, the **standard error** of their mean is $s/\sqrt{5}$. The **one-standard-error rule** chooses the **strongest** regularization whose mean is no higher than the lowest mean plus its standard error. The idea: if you cannot tell them apart, take the simpler model. But the five models share training rows, so their losses are not independent. $s/\sqrt{5}$ is often too small; take it as a rough guide (Bengio and Grandvalet 2004).
#
# **Make a guess.** How much will the loss differ between the five parts?

# %% id="folds-run"
def labeled_rows(seed):
    digits = noisy_digits(seed)
    return [np.concatenate(pair) for pair in zip(digits.train, digits.validation, strict=True)]


def fold_rows(fold, seed, **point):
    x, y = labeled_rows(seed)
    inside, outside = list(KFold(5, shuffle=True, random_state=seed).split(x))[fold]
    return (x[inside], y[inside]), (x[outside], y[outside])


def fold_losses(table):
    return table.pivot(index="l2", columns="fold", values="val_data_loss")


live = train({"l2": strengths, "fold": range(5)}, fold_rows, seeds=[0]).final
plots.plot_folds(strengths, fold_losses(live));

# %% [markdown] lang="ja" id="folds-seen" claims="07-folds-differ"
# 細い線が5つの分割、太い線がその平均です。$\lambda = 0.01$くらいまでは、同じ$\lambda$でも、分割によって損失が0.2から0.3ほども違います。1回の分割だけで検証損失を報告すると、これだけの運が入るということです。一方、谷の**位置**は、どの分割でもよく似ています。
#
# 平均が最小なのは0.007、1標準誤差ルールが選んだのは、それより強い0.01でした。
# %% [markdown] lang="en" id="folds-seen" claims="07-folds-differ"
# Thin lines are the five parts, the thick one is their mean. Up to about $\lambda = 0.01$, the loss for one $\lambda$ differs by 0.2 to 0.3 between parts: so much luck is in a validation loss reported from a single split. The **place** of the valley, on the other hand, is much the same in all of them.
#
# The lowest mean is at 0.007; the one-standard-error rule chose 0.01, which is stronger.

# %% [markdown] lang="ja" id="rules-question"
# ### 3つのルールを10個のシードで
#
# 同じことを10個のシードで繰り返します。ルールは、1回の分割（200枚）、5分割の平均の最小、1標準誤差ルールの3つです。選んだあとは、どれもラベルの付いた600枚**すべて**で訓練し直し、テストデータで測ります。$\lambda$は、1回の分割では400枚、5分割では480枚で訓練して選んだものです。行が増えると、ちょうどよい$\lambda$は小さめになりがちですが、ここでは選んだ値をそのまま使います。
#
# **予想してみよう**　どのルールが、いちばんよいモデルを選ぶでしょうか。
# %% [markdown] lang="en" id="rules-question"
# ### Three rules, 10 seeds
#
# Now the same for 10 seeds. The rules are a single split (200 images), the lowest mean of 5 folds, and the one-standard-error rule. Whatever the rule, the chosen strength is then used to train on **all** 600 labeled images, and the model is measured on test data. Note that $\lambda$ was chosen with 400 training images for the single split, and with 480 for 5 folds. With more rows the best $\lambda$ tends to be smaller; here we use the chosen value as it is.
#
# **Make a guess.** Which rule will choose the best models?

# %% id="rules-run"
def all_rows(seed, **point):
    return labeled_rows(seed), noisy_digits(seed).test


if RECOMPUTE:
    folds = train({"l2": strengths, "fold": range(5)}, fold_rows).final
    single = train({"l2": strengths}).final
    retrained = train({"l2": strengths}, all_rows).final
    retrained["test_accuracy"] = retrained["val_accuracy"]
    retrained["test_log_likelihood"] = -retrained["val_data_loss"]
else:
    folds, single, retrained = (stored.load(f"07_{name}") for name in ("folds", "single_split", "retrained"))

# %% id="rules-choose"
def one_standard_error(losses):
    mean, error = losses.mean(axis=1), losses.std(axis=1) / np.sqrt(losses.shape[1])
    limit = mean.min() + error[mean.idxmin()]
    return mean.index[mean <= limit].max()


choices, seen = {"single split": [], "5 folds": [], "one standard error": []}, {"single": [], "folds": []}
for seed in range(10):
    once = single[single["seed"] == seed].set_index("l2")["val_data_loss"]
    five = fold_losses(folds[folds["seed"] == seed])
    for rule, strength in zip(choices, (once.idxmin(), five.mean(axis=1).idxmin(), one_standard_error(five))):
        choices[rule].append(float(strength))
    seen["single"].append(once.min())
    seen["folds"].append(five.mean(axis=1).min())

# %% id="rules-figure"
measured = retrained.set_index(["l2", "seed"])[["test_accuracy", "test_log_likelihood"]]
for rule, strength in choices.items():
    means = np.mean([measured.loc[pair] for pair in zip(strength, range(10))], axis=0)
    print(f"{rule:18}  accuracy {means[0]:.3f}  log-likelihood {means[1]:.2f}  chosen {strength}")
luck = {text("single_split"): seen["single"], text("five_folds"): seen["folds"]}
plots.plot_scores(luck, text("loss_when_chosen"));

# %% [markdown] lang="ja" id="rules-seen" claims="07-cross-validation-steadies-the-estimate"
# - **選ばれた$\lambda$はよく似ています。** どのルールも0.007から0.015の間で、正解率は、1回の分割が0.890、5分割が0.893、1標準誤差ルールが0.885でした。選ぶだけなら、このデータでは1回の分割でもほとんど足りました。
# - **大きく違うのは、見積もりの安定度です。** 図は、選んだ$\lambda$の検証損失です。1回の分割では標準偏差が0.055、5分割では0.032でした。検証に使う画像が200枚から600枚、つまり3倍になると、ばらつきは$1/\sqrt{3}$ほどになるという計算どおりです（平均も小さいのは、400枚ではなく480枚で訓練するからです）。成績の**見積もり**が欲しいなら、5倍の計算時間には値打ちがあります。
# - **1標準誤差ルールは、ここでは得になりませんでした。** 強すぎるほうに寄るので、対数尤度は-0.84から-0.97に下がりました。「簡単なモデル」に値打ちがある（たとえば、L1で特徴量を減らしたい）ときのルールです。
# %% [markdown] lang="en" id="rules-seen" claims="07-cross-validation-steadies-the-estimate"
# - **The chosen $\lambda$ are much alike.** All rules choose between 0.007 and 0.015, and the accuracies are 0.890 for the single split, 0.893 for 5 folds and 0.885 for the one-standard-error rule. As far as the choice goes, a single split was almost enough for these data.
# - **What differs greatly is how steady the estimate is.** The figure shows the validation loss of the chosen $\lambda$. Its standard deviation is 0.055 with a single split and 0.032 with 5 folds. That is what arithmetic says: 600 validation images instead of 200, 3 times as many, should cut the spread to about $1/\sqrt{3}$. (The mean is lower, too, because 480 images train the model instead of 400.) If you want an **estimate** of the score, it is worth 5 times the computation.
# - **The one-standard-error rule did not pay here.** It leans to the strong side, and the log-likelihood fell from -0.84 to -0.97. It is a rule for when a simpler model is worth something in itself, for example fewer features with L1.

# %% [markdown] lang="ja" id="ex-rule" tags=["exercise"]
# ### 練習3　1標準誤差ルールを手で
#
# 次の表は、ある交差検証の結果です（行が$\lambda$、列が4つの分割）。1標準誤差ルールが選ぶ$\lambda$はどれでしょうか。`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# 平均が最小の行を見つけ、その行の標準偏差を$\sqrt{4}$で割り、最小の平均に足します。それ以下の平均を持つ、いちばん大きい$\lambda$です。`rule_table.mean(axis=1)`は行ごとの平均です。
#
# </details>
# %% [markdown] lang="en" id="ex-rule" tags=["exercise"]
# ### Exercise 3: the one-standard-error rule by hand
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

# %% [markdown] lang="ja" id="clean-question"
# ## 実験7　健康な人に薬を飲ませると
#
# 最後に、同じ試験をラベルがすべて正しいデータで繰り返します。
#
# **予想してみよう**　どの対策が、どのくらい正解率を上げるでしょうか。
# %% [markdown] lang="en" id="clean-question"
# ## Experiment 7: medicine for the healthy
#
# Finally, the same trial once more, on data whose labels are all correct.
#
# **Make a guess.** Which remedy will raise the accuracy, and by how much?

# %% id="clean-run"
def clean_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, seed=seed)


clean = trial(clean_digits, "07_clean")
clean_accuracy = scores(clean, "test_accuracy")
ax = plots.plot_scores(labeled(clean_accuracy), text("test_accuracy"), baseline=text("remedy_nothing"))
ax.set_xlim(accuracy.to_numpy().min(), 1)
summary(clean)

# %% id="clean-paired"
change = clean_accuracy.sub(clean_accuracy["nothing"], axis=0).drop(columns="nothing")
ax = plots.plot_scores(labeled(change), text("accuracy_change"))
ax.locator_params(axis="x", nbins=5)
ax.axvline(0, color="black", linestyle=":", zorder=0)
for name in change:
    print(f"{(change[name] < 0).sum():2} of 10 seeds worse: {text(f'remedy_{name}')}")

# %% [markdown] lang="ja" id="clean-seen" claims="07-clean-labels-need-no-cure"
# 1枚目の図は、横軸の左端を、実験2でいちばん低かった値にそろえました。**ほとんど何も起こりません。** 「対策なし」が0.954で、いちばんよい対策でも0.956です。
#
# 2枚目は、シードごとの「対策なし」との差です。「小さなネットワーク」は10個のうち9個、「ドロップアウト（入力にも）＋L2」は8個のシードで、かえって下がりました。実験2で1位だった組み合わせが、ここでは害になったのです。L2をいちばん弱い$10^{-5}$にしても、隠れ層0.5と入力0.2のドロップアウトが、このデータには強すぎました。
#
# 対数尤度は表にあります。隠れ層のドロップアウトは、-0.163から-0.147へと、10個すべてのシードでよくなりましたが、差は0.016です。「ドロップアウト（入力にも）＋L2」は-0.189で、9個のシードで悪くなりました。
#
# 正則化は薬であって、ビタミンではありません。健康な人にはほとんど効かず、多すぎれば害になります。
# %% [markdown] lang="en" id="clean-seen" claims="07-clean-labels-need-no-cure"
# The axis of the first figure begins at the lowest value of experiment 2. **Next to nothing happens.** “Nothing” reaches 0.954, the best remedy 0.956.
#
# The second figure shows the differences from “nothing”, seed by seed. The smaller network lowered the accuracy for 9 of the 10 seeds, and “dropout (input too) + L2” for 8. The winner of experiment 2 does harm here: even with the weakest L2, $10^{-5}$, dropout of 0.5 in the hidden layers and 0.2 on the input is too much for these data.
#
# The log-likelihoods are in the table. Dropout in the hidden layers raised it from -0.163 to -0.147, for all 10 seeds, but that is a difference of only 0.016. “Dropout (input too) + L2” has -0.189 and was worse for 9 seeds.
#
# Regularization is a medicine, not a vitamin. It does next to nothing for the healthy, and too much of it does harm.

# %% [markdown] lang="ja" id="guide" claims="07-remedies-on-wrong-labels 07-clean-labels-need-no-cure 07-gap-of-nothing"
# ## 1ページの手引き
#
# | 順番 | すること | 測った根拠 |
# |---|---|---|
# | 1 | 訓練と検証の差を見ます。差が小さければ、正則化で得るものはわずかです | 正しいラベルでは、「対策なし」が0.954、いちばんよい対策で0.956（実験7） |
# | 2 | **早期終了**から始めます。1回の訓練で済みます | 0.711から0.877（実験2） |
# | 3 | 余裕があれば、**ドロップアウト**を入力にも使い、率を検証データで選びます | 0.896。早期終了よりよいシードは8個で、運でもありうる差（実験3） |
# | 4 | さらに弱い**L2**を加えます | 0.901（加えないと0.896）。加えたほうがよいシードは8個で、これも運でもありうる差（練習2）。早期終了には10個すべてで勝ちました（実験3） |
# | 5 | 小さいモデルや少ない特徴量が欲しければ、**L1**か**Elastic Net** | 正解率はL2と同じ（実験2）。Kerasの`L1`だけでは、ちょうど0にはなりません。0を作る方法は[04](04_l1.ipynb) |
# | 6 | 強さは検証データで選び、範囲の端なら広げます。成績の見積もりには交差検証を使います | 標準偏差が0.055から0.032（実験6） |
# | 7 | テストデータは最後に1回だけ | のぞくと0.01の上乗せ（実験5） |
#
# **差が小さいとは**　「対策なし」の正解率（シード3つ）は、正しいラベルでは訓練1.00に対して検証0.96ほど、誤ったラベルでは訓練0.92に対して検証0.47ほどでした。ただし、差の原因は過学習だけではありません。検証データのラベルが誤っていれば、それだけで検証の成績は下がり、差が開きます。差が大きいときは、ラベルも疑ってください。
#
# **この手引きが通用しなくなるところ**　測ったのは、8×8画素の手書き数字400枚、隠れ層2つのネットワーク、ラベルの誤りという病気だけです。画像ならデータ拡張（[02](02_causes_and_remedies.ipynb)）、相関のある特徴量ならElastic Net（[05](05_elastic_net.ipynb)）というように、病気が違えば薬も違います。正しいラベルで4番の組み合わせが害になったように、順位はデータで変わります。**手引きは試す順番を決めるだけで、結果は検証データが決めます。**
# %% [markdown] lang="en" id="guide" claims="07-remedies-on-wrong-labels 07-clean-labels-need-no-cure 07-gap-of-nothing"
# ## A one-page guide
#
# | step | what to do | measured |
# |---|---|---|
# | 1 | Look at the gap between training and validation. If it is small, regularization has little to offer | with correct labels, 0.954 for “nothing” and 0.956 for the best remedy (experiment 7) |
# | 2 | Begin with **early stopping**: it costs a single run | 0.711 to 0.877 (experiment 2) |
# | 3 | If you can afford more, use **dropout**, on the input too, and choose the rate on validation data | 0.896; better than early stopping for 8 seeds, which may be luck (experiment 3) |
# | 4 | Add a weak **L2** | 0.901, against 0.896 without it: better for 8 seeds, which again may be luck (exercise 2); better than early stopping for all 10 (experiment 3) |
# | 5 | For a small model or few features, **L1** or **Elastic Net** | as accurate as L2 (experiment 2). Keras' `L1` alone gives no exact zeros; for those, see [04](04_l1.ipynb) |
# | 6 | Choose strengths on validation data; widen the range if an end is chosen. Use cross-validation to estimate the score | standard deviation 0.055 to 0.032 (experiment 6) |
# | 7 | Use the test data at the end, once | peeking adds a bonus of 0.01 (experiment 5) |
#
# **What a small gap means.** With correct labels, the accuracy of “nothing” (3 seeds) was 1.00 in training and about 0.96 in validation; with wrong labels, 0.92 and about 0.47. But overfitting is not the only cause of a gap. Wrong labels in the validation data lower the validation score by themselves, and a gap opens. If it is large, suspect the labels, too.
#
# **Where this guide stops being valid.** We measured 400 handwritten digits of 8×8 pixels, a network with two hidden layers, and one illness: wrong labels. Another illness needs another medicine: data augmentation for images ([02](02_causes_and_remedies.ipynb)), Elastic Net for correlated features ([05](05_elastic_net.ipynb)). Rankings change with the data; with correct labels, the combination of step 4 did harm. **The guide only says what to try first. The validation data decide.**

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

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - 対策は、同じデータ、同じ予算、複数のシードで比べます。差はシードごとに取ります。
# - ラベルの誤りがあると、比べた対策はどれも正解率を上げました。早期終了は手軽で強く、入力にも使うドロップアウトとL2の組み合わせがいちばんでした。データ拡張は比べていません。
# - 正解率と対数尤度は、別のことを測っています。
# - 交差検証は、選ぶことよりも、見積もりを安定させることに役立ちました。
# - 病気でないデータには、対策はほとんど効かず、害になることもあります。
#
# 前の課は[06　ドロップアウト](06_dropout.ipynb)、次の課は[08　総合演習](08_capstone.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[EarlyStopping](https://keras.io/api/callbacks/early_stopping/)、[重みの正則化](https://keras.io/api/layers/regularizers/)
# - L. Breiman, J. Friedman, R. Olshen, C. Stone (1984). Classification and Regression Trees. Wadsworth.（1標準誤差ルール）
# - G. Cawley, N. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
# - J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets. Journal of Machine Learning Research 7, 1–30.
# - Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of k-fold cross-validation. Journal of Machine Learning Research 5, 1089–1105.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - Compare remedies on the same data, with the same budget and several seeds, and take differences seed by seed.
# - Against wrong labels, every remedy that we compared raised the accuracy. Early stopping is easy and strong; dropout, on the input too, with L2 was best. Data augmentation was not compared.
# - Accuracy and log-likelihood measure different things.
# - Cross-validation did less for the choice than for a steady estimate.
# - On healthy data remedies hardly help, and may do harm.
#
# The previous lesson is [06 Dropout](06_dropout.ipynb), the next one [08 Capstone](08_capstone.ipynb).
#
# ## Read more
#
# - On Keras' pages: [EarlyStopping](https://keras.io/api/callbacks/early_stopping/), [weight regularizers](https://keras.io/api/layers/regularizers/)
# - L. Breiman, J. Friedman, R. Olshen, C. Stone (1984). Classification and Regression Trees. Wadsworth. (The one-standard-error rule.)
# - G. Cawley, N. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
# - J. Demšar (2006). Statistical comparisons of classifiers over multiple data sets. Journal of Machine Learning Research 7, 1–30.
# - Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of k-fold cross-validation. Journal of Machine Learning Research 5, 1089–1105.
