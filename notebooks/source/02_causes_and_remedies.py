# %% [markdown] lang="ja" id="title"
# # 02　過学習の原因と対策
#
# 前の課では、過学習とは何かを見ました。この課では、**何が過学習を起こすのか**、**どうすれば防げるのか**を、1つずつ実験で確かめます。効かない対策や、強すぎる対策も出てきます。
#
# **このノートブックを終えると、次のことができます。**
#
# - 過学習の3つの原因と、それぞれに効く対策を挙げる
# - 学習曲線と検証曲線を読み、過学習と学習不足を見分ける
# - 早期終了とデータ拡張を正しく使う
# - バイアスとバリアンスを測り、モデルの大きさとの関係を説明する
# - データ漏洩が起こる手順を見つける
#
# 時間の目安は、「発展」を除いて50分です。
# %% [markdown] lang="en" id="title"
# # 02 Causes and remedies
#
# The previous lesson showed what overfitting is. This one asks **what causes it** and **what can be done about it**, one experiment at a time. You will also meet a remedy that does not work, and one that is too strong.
#
# **When you have finished this notebook, you can**
#
# - name three causes of overfitting and a remedy for each
# - read learning curves and validation curves, and tell overfitting from underfitting
# - use early stopping and data augmentation correctly
# - measure bias and variance, and explain how they depend on the size of a model
# - spot a procedure that leaks data
#
# Allow about 50 minutes, without the advanced part.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from coursekit import data, models, plots, stored, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 数字読み取り機の成績表、という話
#
# ある郵便局が、手書きの数字を読む機械を作りました。練習用の画像では満点なのに、届いたばかりの葉書では間違えてばかりです。会議では、意見が3つに分かれました。
#
# - 「画像が少なすぎたのだ。もっと集めよう。」
# - 「ネットワークが大きすぎたのだ。小さくしよう。」
# - 「訓練を続けすぎたのだ。途中で止めよう。」
#
# **誰の言うことが正しいのでしょうか。** これがこの課の問いです。過学習の3つの原因と、それぞれに効く対策を、先に表にまとめておきます。
#
# | 原因 | 対策 | この課では |
# |---|---|---|
# | 1. データが足りない | データを増やす、データ拡張 | 実験1と5 |
# | 2. モデルが複雑すぎる | モデルを小さくする | 実験2 |
# | 3. 抑えが足りない：重みが自由すぎる | L1、L2、ドロップアウト | 実験3 |
# | 3. 抑えが足りない：訓練が長すぎる | 早期終了 | 実験4 |
#
# 3つ目の原因への対策をまとめて**正則化**（regularization）といいます。訓練データへの当てはまりを少しあきらめる代わりに、新しいデータでの成績を上げようとする工夫の総称です。
#
# ほかに、誤ったラベル（ラベルノイズ、label noise）は、どの原因の過学習も、いっそうひどくします。データ漏洩（リーク、data leakage）は過学習を起こすのではなく、**隠して**しまいます（実験7）。
# %% [markdown] lang="en" id="story"
# ## The report card of a digit reader
#
# A post office has built a machine that reads handwritten digits. On the practice images its score is perfect; on the postcards that came in this morning it keeps making mistakes. At the meeting there are three opinions.
#
# - “There were too few images. Let us collect more.”
# - “The network was too big. Let us make it smaller.”
# - “Training went on for too long. Let us stop earlier.”
#
# **Who is right?** That is the question of this lesson. Here, in advance, is a table of the three causes of overfitting and the remedies for each.
#
# | cause | remedy | in this lesson |
# |---|---|---|
# | 1. too little data | more data, data augmentation | experiments 1 and 5 |
# | 2. a model that is too complex | a smaller model | experiment 2 |
# | 3. too little restraint: the weights are too free | L1, L2, dropout | experiment 3 |
# | 3. too little restraint: training for too long | early stopping | experiment 4 |
#
# The remedies for the third cause are called **regularization**: any means of fitting the training data a little less well in order to do better on new data.
#
# Two more things matter. Wrong labels (label noise) make overfitting worse, whatever its cause. Data leakage does not cause overfitting; it **hides** it (experiment 7).

# %% [markdown] lang="ja" id="size-question"
# ## 実験1　訓練データを増やす
#
# 数字の画像を50枚から800枚まで変えて、同じネットワーク（隠れ層1つ、128ユニット）を60エポック訓練します。ラベルは正しいものだけを使います。訓練データの量を横軸、成績を縦軸にした図を**学習曲線**（learning curve）といいます（エポックを横軸にした損失曲線とは別のものです）。
#
# **予想してみよう**　訓練データでの正解率とテストデータでの正解率は、枚数とともにどう変わるでしょうか。
# %% [markdown] lang="en" id="size-question"
# ## Experiment 1: more training data
#
# We train the same network (one hidden layer of 128 units) for 60 epochs on 50 to 800 images of digits, all with correct labels. A figure of the score against the amount of training data is called a **learning curve** (not to be confused with the loss curve, which has epochs on its axis).
#
# **Make a guess.** How will the accuracy on training data and on test data change with the number of images?

# %% [markdown] lang="ja" id="size-tools"
# 次のセルは道具です。`scores`は、訓練データとテストデータの正解率の表を作ります。コードに出てくる言葉は、この課を通して同じ意味です。
#
# - `training.sweep`：試す値をすべて、すべてのシードで訓練します。`{}`と書けば、変えるのはシードだけです
# - `result.runs`は訓練の1回ずつ、`result.final`は各回の最後のエポックの表です
# - `text("…")`は、図に書く言葉を取り出すだけです
#
# この課ではテストデータを何度も見ますが、効き目を見るためで、テストデータで何かを**選ぶ**ことはしません。自分のモデルの設定を選ぶときは、検証データを使ってください。
# %% [markdown] lang="en" id="size-tools"
# The next cell holds a tool: `scores` makes tables of the accuracy on training and test data. Some words of the code mean the same throughout this lesson:
#
# - `training.sweep` trains every value to be tried with every seed; with `{}`, only the seed changes
# - `result.runs` are the single trainings, `result.final` is a table of the last epoch of each
# - `text("…")` only looks up the words that stand in a figure
#
# In this lesson we look at test data many times, to see an effect. Nothing is **chosen** with them. When you choose settings for a model of your own, use validation data.

# %% id="size-helpers"
def build_model(units=128, l2=None, seed=0):
    return models.classifier(64, 10, units=units, l2=l2, seed=seed)


def scores(result, name, rows):
    final = result.final
    final["test"] = [
        training.evaluate(run.model, *rows(**run.point, seed=run.seed).test)["accuracy"]
        for run in result.runs
    ]
    columns = {"training": "accuracy", "test": "test"}
    return {part: final.pivot(index=name, columns="seed", values=c) for part, c in columns.items()}

# %% id="size-run"
def clean_digits(n, seed):
    return data.digits(n_train=n, n_validation=200, seed=seed)


sizes = [50, 100, 200, 400, 800]
result = training.sweep(
    lambda n, seed: build_model(seed=seed), {"n": sizes}, data=clean_digits, epochs=60,
    seeds=range(3), progress=False,
)
size_scores = scores(result, "n", clean_digits)
plots.plot_validation_curve(sizes, size_scores, text("accuracy"), xlabel=text("training_rows"));

# %% [markdown] lang="ja" id="size-seen" claims="02-more-data-closes-the-gap"
# 訓練データでの正解率は、どの枚数でもほぼ1.0です。テストデータでの正解率は、50枚では0.79ほどしかありませんが、枚数とともに上がり、800枚では0.97になります。2本の線の間、つまり**過学習の大きさ**は、0.2から0.03へと縮みました。印は3つのシードの平均、縦の線は標準偏差です（シードはデータの分け方、初期の重み、行の順番を変えます）。
#
# 最初の人は正しかったのです。ただし、横軸が2倍ずつになっていることに注意してください。同じだけ成績を上げるのに、だんだん多くのデータが要ります。
# %% [markdown] lang="en" id="size-seen" claims="02-more-data-closes-the-gap"
# The accuracy on the training data is almost 1.0 whatever their number. On the test data it is only about 0.79 with 50 images, rises with their number, and reaches 0.97 with 800. The space between the two lines, the **amount of overfitting**, shrinks from 0.2 to 0.03. Markers are means over 3 seeds, vertical lines their standard deviation (a seed changes the split, the initial weights and the order of the rows).
#
# So the first speaker is right. But mind the horizontal axis, which doubles from marker to marker: each further step up takes more and more data.

# %% [markdown] lang="ja" id="ex-gap" tags=["exercise"]
# ### 練習1　差を数える
#
# `size_scores["training"]`と`size_scores["test"]`は、行が枚数、列がシードの表です。**訓練データ200枚のとき**の、訓練とテストの正解率の差を、シードで平均して`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `size_scores["training"].loc[200]`で、200枚の行が取り出せます。
#
# </details>
# %% [markdown] lang="en" id="ex-gap" tags=["exercise"]
# ### Exercise 1: measure the gap
#
# `size_scores["training"]` and `size_scores["test"]` are tables with a row for each number of images and a column for each seed. Put the difference between training and test accuracy **with 200 training images**, averaged over the seeds, into `answer`.
#
# <details><summary>Hint</summary>
#
# `size_scores["training"].loc[200]` is the row for 200 images.
#
# </details>

# %% id="ex-gap-answer" tags=["exercise"]
answer = ...

# %% id="ex-gap-solution" tags=["solution"]
answer = (size_scores["training"].loc[200] - size_scores["test"].loc[200]).mean()

# %% id="ex-gap-check" tags=["check"]
check("02-gap", answer, size_scores)

# %% [markdown] lang="ja" id="width-question"
# ## 実験2　ネットワークの大きさを変える
#
# 今度は難しくします。画像は400枚、ラベルの40%を無作為に引き直すので、約36%が誤りです。テストデータのラベルは正しいままです。隠れ層のユニット数を1から128まで変えて、100エポック訓練します。ハイパーパラメータ（hyperparameter）を横軸にしたこのような図を、**検証曲線**（validation curve）といいます。
#
# **予想してみよう**　テストデータでの正解率は、ユニットが多いほど高いでしょうか。
# %% [markdown] lang="en" id="width-question"
# ## Experiment 2: the size of the network
#
# Now for something harder: 400 images, 40% of whose labels are redrawn at random, so that about 36% are wrong. The test labels stay correct. We vary the number of units in the hidden layer from 1 to 128 and train for 100 epochs. A figure with a hyperparameter on its horizontal axis is called a **validation curve**.
#
# **Make a guess.** Does the test accuracy keep rising with more units?

# %% id="width-run"
def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


widths = [1, 2, 4, 16, 128]
result = training.sweep(
    build_model, {"units": widths}, data=noisy_digits, epochs=100, seeds=range(3), progress=False
)
width_scores = scores(result, "units", noisy_digits)
plots.plot_validation_curve(widths, width_scores, text("accuracy"), xlabel=text("units_in_layer"));

# %% [markdown] lang="ja" id="width-seen" claims="02-score-has-a-peak-over-width"
# 訓練データでの正解率（誤ったラベルとの一致も数えます）は、ユニットとともに上がり続けます。テストデータでの正解率は**山の形**です。1、2ユニットでは0.3にも届かず、16ユニットで0.86ほどになり、128ユニットでは0.78に下がります。
#
# - 左側は、訓練データでもテストデータでも成績が悪い**学習不足**（underfitting）です。小さすぎて、数字の形を表せません。
# - 右側は、訓練データでの成績だけが上がっていく過学習です。余った力で、誤ったラベルを覚えはじめています。
#
# どの大きさでも、テストの線が訓練の線より上にあります。訓練データのラベルは約36%が誤りで、数字を完璧に読めても0.64ほどにしかならないからです（[01](01_overfitting.ipynb)の実験2の表）。この図では2本の線の差ではなく、**向き**を読んでください。右では、訓練は上がるのに、テストは下がります。
#
# 2番目の人も正しかったのです。ただし、小さければ小さいほどよいのではありません。
# %% [markdown] lang="en" id="width-seen" claims="02-score-has-a-peak-over-width"
# The accuracy on the training data (agreement with wrong labels counts, too) keeps rising with the number of units. The test accuracy forms a **hill**: below 0.3 with 1 or 2 units, about 0.86 with 16, and down to 0.78 with 128.
#
# - On the left, the score is poor on training and test data alike. This is **underfitting**: the network is too small to express the shapes of the digits.
# - On the right, only the training score goes on rising. This is overfitting: the spare capacity goes into memorizing wrong labels.
#
# The test line lies above the training line at every size. That is because about 36% of the training labels are wrong, so that even a perfect reader would score only about 0.64 on them (see the table in experiment 2 of [01](01_overfitting.ipynb)). In this figure, read the **direction** of the lines, not the gap: on the right, training rises while test falls.
#
# The second speaker is right as well. But smaller is not always better.

# %% [markdown] lang="ja" id="dial-question"
# ## 実験3　強すぎる対策
#
# 大きさを変えずに、ペナルティで重みを抑える方法もあります。[03　L2正則化](03_l2.ipynb)で詳しく扱うL2正則化を、先取りして使ってみましょう。強さ$\lambda$というつまみを、弱いほうから強いほうへ回します。
#
# **予想してみよう**　つまみを最後まで回すと、どうなるでしょうか。
# %% [markdown] lang="en" id="dial-question"
# ## Experiment 3: a remedy that is too strong
#
# Instead of changing the size, we can hold the weights down with a penalty. Let us borrow L2 regularization, the subject of [03 L2 regularization](03_l2.ipynb). Its strength $\lambda$ is a dial, which we turn from weak to strong.
#
# **Make a guess.** What will happen at the far end of the dial?

# %% id="dial-run"
strengths = [0.0001, 0.001, 0.01, 0.1, 1.0]
result = training.sweep(
    build_model, {"l2": strengths}, data=noisy_digits, epochs=60, seeds=range(3), progress=False
)
dial_scores = scores(result, "l2", noisy_digits)
plots.plot_validation_curve(strengths, dial_scores, text("accuracy"));

# %% [markdown] lang="ja" id="dial-seen" claims="02-too-much-regularization-underfits"
# 正則化を$\lambda = 0.01$まで強めると、訓練データでの正解率は下がり、テストデータでの正解率は少し上がります。過学習が治まったのです。ところが0.1では、どちらも0.1ほどまで落ちます。10種類の数字を当てずっぽうに答えるのと変わりません。**強すぎる正則化は学習不足を起こします。**
#
# 実験2の図と見比べてください。左右が逆になっただけで、同じ形をしています。モデルの大きさも正則化の強さも、同じ**表現力**（capacity）のつまみなのです。どちらの病気かを見分ける手がかりは、訓練データでの成績です。次の表は、ラベルが正しいときのものです。実験2や3のようにラベルに誤りがあるときは、高さではなく向きで判断します。
#
# | | 訓練データ | テストデータ | 対策 |
# |---|---|---|---|
# | 学習不足 | 悪い | 悪い | 大きくする、正則化を弱める、長く訓練する |
# | 過学習 | よい | 悪い | データを増やす、小さくする、正則化を強める |
# | ちょうどよい | よい | よい | そのまま |
# %% [markdown] lang="en" id="dial-seen" claims="02-too-much-regularization-underfits"
# Up to $\lambda = 0.01$, the training accuracy falls and the test accuracy rises a little: overfitting is being cured. At 0.1, however, both drop to about 0.1, no better than guessing among ten digits. **Regularization that is too strong causes underfitting.**
#
# Compare with the figure of experiment 2. It has the same shape with left and right exchanged: the size of a model and the strength of regularization turn the same dial, its **capacity**. What tells the two illnesses apart is the score on the training data. The table is for correct labels; with wrong ones, as in experiments 2 and 3, go by the direction and not by the height.
#
# | | training data | test data | remedy |
# |---|---|---|---|
# | underfitting | poor | poor | a larger model, weaker regularization, longer training |
# | overfitting | good | poor | more data, a smaller model, stronger regularization |
# | just right | good | good | leave it |

# %% [markdown] lang="ja" id="ex-diagnose" tags=["exercise"]
# ### 練習2　診断する
#
# 3つのモデルA、B、Cの成績です。それぞれ過学習なら`"over"`、学習不足なら`"under"`、どちらでもなければ`"fine"`として、`answer = ["…", "…", "…"]`の形で答えてください。ラベルは正しく、どれも10種類の数字を分類しています。
#
# | | 訓練データでの正解率 | 検証データでの正解率 |
# |---|---|---|
# | A | 0.99 | 0.72 |
# | B | 0.41 | 0.40 |
# | C | 0.97 | 0.96 |
#
# <details><summary>ヒント</summary>
#
# まず訓練データでの正解率を見ます。よいときだけ、検証データとの差を見ます。
#
# </details>
# %% [markdown] lang="en" id="ex-diagnose" tags=["exercise"]
# ### Exercise 2: make a diagnosis
#
# Here are the scores of three models, A, B and C. For each, say `"over"` for overfitting, `"under"` for underfitting or `"fine"` for neither, in the form `answer = ["…", "…", "…"]`. The labels are correct, and all three classify the ten digits.
#
# | | training accuracy | validation accuracy |
# |---|---|---|
# | A | 0.99 | 0.72 |
# | B | 0.41 | 0.40 |
# | C | 0.97 | 0.96 |
#
# <details><summary>Hint</summary>
#
# Look at the training accuracy first. Only if that is good, look at the gap to the validation data.
#
# </details>

# %% id="ex-diagnose-answer" tags=["exercise"]
answer = ...

# %% id="ex-diagnose-solution" tags=["solution"]
answer = ["over", "under", "fine"]

# %% id="ex-diagnose-check" tags=["check"]
check("02-diagnose", answer)

# %% [markdown] lang="ja" id="stop-question"
# ## 実験4　早期終了
#
# 3番目の人の提案です。**早期終了**（early stopping、早期停止とも）では、エポックのたびに検証データでの損失を測り、10エポック続けて下がらなければ訓練をやめて、いちばんよかったエポックの重みに戻します。Kerasでは`EarlyStopping`というコールバックを使います。見張る値は、`training.fit`や`training.sweep`では`"val_data_loss"`です。Kerasの`model.fit`では`"val_loss"`と書きます（ペナルティがあれば、その分も入った値です）。
#
# 大事なのは、**止めどきを検証データで決める**ことです。テストデータで決めると、前の課で見たように成績が見かけだけよくなります。検証データのラベルにも、訓練データと同じ割合で誤りがあります。
#
# **予想してみよう**　何エポック目に戻るでしょうか。誤りを含む検証データで、うまくいくでしょうか。
# %% [markdown] lang="en" id="stop-question"
# ## Experiment 4: early stopping
#
# Now the third proposal. With **early stopping** we measure the loss on the validation data after every epoch, stop once it has not improved for 10 epochs in a row, and go back to the weights of the best epoch. In Keras this is the callback `EarlyStopping`. The value it watches is called `"val_data_loss"` in `training.fit` and `training.sweep`. With Keras' `model.fit`, write `"val_loss"` (if there is a penalty, it is part of that value).
#
# It matters that **validation data decide when to stop**. If test data did, the score would merely look better, as the previous lesson showed. The validation labels have the same share of errors as the training labels.
#
# **Make a guess.** Which epoch will it go back to? And can it work with validation labels that are partly wrong?

# %% id="stop-run"
def early_stopping():
    stop = keras.callbacks.EarlyStopping("val_data_loss", patience=10, restore_best_weights=True)
    return [stop]


def test_accuracies(result):
    return [
        training.evaluate(run.model, *noisy_digits(run.seed).test)["accuracy"] for run in result.runs
    ]


options = {"data": noisy_digits, "epochs": 100, "seeds": range(5), "progress": False}
full = training.sweep(build_model, {}, **options)
stopped = training.sweep(build_model, {}, callbacks=early_stopping, **options)

# %% id="stop-figure"
groups = {text("all_epochs"): full, text("early_stopping"): stopped}
accuracies = {name: test_accuracies(result) for name, result in groups.items()}
plots.plot_scores(accuracies, text("accuracy"))
best_epochs = [int(run.history.columns["val_data_loss"].argmin()) + 1 for run in stopped.runs]
print("best epochs:", best_epochs)

# %% [markdown] lang="ja" id="stop-seen" claims="02-early-stopping-is-strong"
# 菱形が平均、横の線が標準偏差、灰色の点が1つのシードです。平均は、最後まで訓練すると0.78、早期終了では0.88です。シードごとに比べると、5回とも早期終了のほうがよくなりました。戻ったのは16エポック目から29エポック目です。
#
# ラベルの36%が誤っている検証データでも、止めどきを決めるには十分でした。誤りは画像と関係なく散らばっているので、モデルが数字の形を学んでいる間は検証損失が下がり、誤りを覚えはじめると上がるからです。
#
# 手間がかからず、よく効く。早期終了は侮れない対策です。あとの課で学ぶ方法は、この早期終了と同じ条件で比べます。
# %% [markdown] lang="en" id="stop-seen" claims="02-early-stopping-is-strong"
# The diamonds are means, the lines standard deviations, and each gray dot is a seed. The mean is 0.78 when trained to the end and 0.88 with early stopping. Seed by seed, early stopping was better all 5 times. It went back to epochs between 16 and 29.
#
# Validation data with 36% wrong labels were good enough to tell when to stop. The errors have nothing to do with the images. So the validation loss falls while the model learns the shapes of the digits, and rises once it begins to learn the errors by heart.
#
# Little effort, large effect: early stopping is not to be underestimated. The methods of the later lessons will be compared with it on equal terms.

# %% [markdown] lang="ja" id="augment-question"
# ## 実験5　データ拡張
#
# データを集められないなら、増やしてみましょう。数字は、1画素ずれても同じ数字です。そこで、訓練データの画像を上下左右に1画素ずつずらした4枚を、元の画像に加えます。これを**データ拡張**（data augmentation、水増しとも）といいます。行数が5倍になるので、エポック数を5分の1にします。25行ずつ訓練するので、重みの更新回数はちょうど同じです。
#
# 2つの場面で試します。ラベルの正しい100枚と、ラベルの約36%が誤った400枚です。
#
# **予想してみよう**　どちらの場面で、よく効くでしょうか。
# %% [markdown] lang="en" id="augment-question"
# ## Experiment 5: data augmentation
#
# If you cannot collect more data, make some. A digit moved by one pixel is still the same digit. So we add to each training image four copies of it, moved one pixel up, down, left and right. This is **data augmentation**. There are now five times as many rows, so we use a fifth of the epochs. With batches of 25 rows, the number of weight updates is exactly the same.
#
# We try two situations: 100 images with correct labels, and 400 images with about 36% wrong labels.
#
# **Make a guess.** In which of the two will it help more?

# %% id="augment-run"
def with_shifts(x):
    images = x.reshape(-1, 8, 8)
    moves = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
    return np.concatenate([np.roll(images, move, axis=(1, 2)) for move in moves]).reshape(-1, 64)


def augmentation_scores(n, label_noise, seed):
    dataset = data.digits(n_train=n, n_validation=200, label_noise=label_noise, seed=seed)
    x, y = dataset.train
    found = []
    for rows, labels, epochs in [(x, y, 100), (with_shifts(x), np.tile(y, 5), 20)]:
        model = build_model(seed=seed)
        training.fit(model, rows, labels, epochs=epochs, batch_size=25, seed=seed, progress=False)
        found.append(training.evaluate(model, *dataset.test)["accuracy"])
    return found

# %% id="augment-figure"
situations = {"correct_labels": (100, 0.0), "wrong_labels": (400, 0.4)}
names = [text("as_they_are"), text("with_shifts")]
fig, axes = plt.subplots(1, 2, figsize=(10, 2.2), layout="constrained", sharex=True)
for ax, (label, (n, label_noise)) in zip(axes, situations.items(), strict=True):
    found = np.array([augmentation_scores(n, label_noise, seed) for seed in range(3)])
    plots.plot_scores(dict(zip(names, found.T, strict=True)), text("accuracy"), ax=ax)
    ax.set_title(text(label, n=n), loc="left")

# %% [markdown] lang="ja" id="augment-seen" claims="02-augmentation-helps-against-wrong-labels"
# 左の、正しいラベルの100枚では、データ拡張なしで0.89、ありで0.87でした。差は標準偏差と同じくらいなので、悪くなったとまでは言えませんが、**得はありませんでした**。ここでの数字は中央にそろえてあり、テストデータにもずれた画像はありません。起こらないずれに備えても、得るものはないのです。
#
# 右の、誤ったラベルのある400枚では、0.77から0.91ほどへと大きく上がりました。こちらのテストデータにも、ずれた画像はありません。別の道筋で効いたと考えられます。元の1枚とずらした4枚が同じラベルを共有するので、1枚の画像の細かい癖に頼って、誤ったラベルを覚えるのが難しくなるのです。
#
# データ拡張のもともとのねらいは、**使うときに本当に起こる変化**をまねて、それに備えることです。この実験で見えたのはもう1つの働き、誤ったラベルの丸暗記を妨げることでした。
# %% [markdown] lang="en" id="augment-seen" claims="02-augmentation-helps-against-wrong-labels"
# On the left, with 100 correct labels, accuracy was 0.89 without augmentation and 0.87 with it. The difference is about as large as the standard deviation, so we cannot say that it did harm, but **nothing was gained**. These digits are centered, and there are no shifted ones among the test data either. Preparing for shifts that do not occur brings nothing.
#
# On the right, with 400 images and wrong labels, accuracy rose a lot, from 0.77 to about 0.91. There are no shifted images among these test data either, so it seems to help by another road. The original and its four shifted copies share one label. That makes it harder to memorize a wrong label by some quirk of a single image.
#
# The usual aim of augmentation is to imitate **changes that really happen in use**, and so to prepare for them. What this experiment shows is a second effect: it gets in the way of memorizing wrong labels.

# %% [markdown] lang="ja" id="bias-question"
# ## 実験6　バイアスとバリアンス
#
# なぜ大きすぎても小さすぎてもいけないのでしょうか。真の曲線が分かっているデータで、外れ方を2つに分けてみます。ノイズの付いた20点から曲線を当てはめることを、**訓練データを200回取り直して**繰り返します。モデルには、すぐに計算できる多項式を使います。次数がモデルの大きさに当たります。
#
# 次の図は、次数が1、3、7のときの結果です。灰色の線は200本のうちの30本、青い線は200本全部の平均です。
#
# **予想してみよう**　灰色の線（1本が1組の訓練データから）は、どの次数でいちばん散らばるでしょうか。平均が真の曲線から外れるのは、どの次数でしょうか。
# %% [markdown] lang="en" id="bias-question"
# ## Experiment 6: bias and variance
#
# Why is too large as bad as too small? With data whose true curve is known, we can split the error in two. We fit a curve to 20 noisy points, and do so again and again for **200 different training sets**. As a model we take polynomials, which are computed in no time; their degree plays the part of the size.
#
# The next figure shows degrees 1, 3 and 7. Of the 200 curves, 30 are drawn in gray; the blue line is the mean of all 200.
#
# **Make a guess.** For which degree will the gray lines, one per training set, be scattered most? And for which will their mean miss the true curve?

# %% id="bias-run"
grid = np.linspace(-0.9, 0.9, 61)
truth = data.true_curve(grid)


def fits(degree, n_train=20):
    curves = []
    for seed in range(200):
        x, y = data.noisy_curve(n_train=n_train, seed=seed).train
        curves.append(np.polyval(np.polyfit(x[:, 0], y, degree), grid))
    return np.array(curves)


fig, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained", sharey=True)
for ax, degree in zip(axes, [1, 3, 7], strict=True):
    plots.plot_spread(grid, fits(degree), truth, shown=30, ax=ax)
    ax.set_title(f"{text('degree')}: {degree}", loc="left")
for ax in axes[1:]:
    ax.get_legend().remove()  # the one on the left is enough

# %% [markdown] lang="ja" id="bias-seen"
# 次数1の直線は、どの訓練データからも似たものになりますが、平均しても真の曲線（黒い破線）から外れています。次数7の曲線は、平均すれば端の近くを除いて真の曲線に近いものの、1本ずつは大きく暴れます。次数3は、その中間でどちらも小さく収まっています。
#
# 外れ方の1つ目を**バイアス**（bias）、2つ目を**バリアンス**（variance）といいます。$\hat{f}$を1組の訓練データから得た曲線、$f$を真の曲線、上に線を引いた$\bar{f}$を200本の平均とすると、二乗誤差の平均はちょうど2つの和になります。
#
# $$\overline{(\hat{f} - f)^2} = (\bar{f} - f)^2 + \overline{(\hat{f} - \bar{f})^2}$$
#
# 左辺が真の曲線との二乗誤差、右辺の第1項がバイアスの2乗、第2項がバリアンスです。この和の形は、真の値が分かっている二乗誤差でだけ成り立ちます。正解率には当てはまりません。
# %% [markdown] lang="en" id="bias-seen"
# The straight lines of degree 1 come out much the same from every training set, but even their mean misses the true curve (black dashes). The curves of degree 7 are close to the truth on average, except near the ends, while each one of them swings wildly. Degree 3 lies in between, with little of either.
#
# The first kind of error is called **bias**, the second **variance**. Write $\hat{f}$ for the curve from one training set, $f$ for the true curve and $\bar{f}$, with a bar, for the mean of all 200. Then the mean squared error is exactly the sum of the two:
#
# $$\overline{(\hat{f} - f)^2} = (\bar{f} - f)^2 + \overline{(\hat{f} - \bar{f})^2}$$
#
# On the left is the squared error from the truth; on the right, first the squared bias, then the variance. This sum holds for squared error with a known truth only, not for accuracy.

# %% id="tradeoff-run"
degrees = [1, 2, 3, 4, 5, 6, 7]
fig, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained", sharey=True)
for ax, n_train in zip(axes, [20, 100], strict=True):
    curves = [fits(degree, n_train) for degree in degrees]
    squared_bias = [np.mean((c.mean(axis=0) - truth) ** 2) for c in curves]
    variance = [np.mean(c.var(axis=0)) for c in curves]
    plots.plot_bias_variance(degrees, squared_bias, variance, text("degree"), ax=ax)
    ax.set_title(f"n = {n_train}", loc="left")

# %% [markdown] lang="ja" id="tradeoff-seen" claims="02-bias-falls-and-variance-rises"
# 左が20点の訓練データです。次数を上げると、バイアスの2乗は0.15から0.01未満へと小さくなり、バリアンスは0.03から3.4へと増えます。和がいちばん小さいのは次数3で、0.03ほどです。これが実験2で見た山の正体です（誤差なので、上下が逆の谷になります）。
#
# 右は100点です。バリアンスはずっと小さくなり、次数7でも0.01未満です。一方、バイアスの2乗は、それが効いている次数1から3では、ほとんど変わりません。次数4以上では線が動いて見えますが、左の20点でも0.003未満で、バリアンスに比べれば取るに足りません（200本の平均に残る偶然のゆれも混ざっています）。和が最小になる次数は5に動きました。**データが多ければ、大きなモデルを使えます。** 実験1のデータを増やす効き目は、バリアンスを減らすことだったのです。
#
# 過学習の対策は、バリアンスを減らします。データを増やすときは、バイアスはそのままです。小さなモデルや正則化では、その代わりに多少のバイアスを受け入れます。これを**バイアスとバリアンスのトレードオフ**（bias–variance trade-off）といいます。
# %% [markdown] lang="en" id="tradeoff-seen" claims="02-bias-falls-and-variance-rises"
# On the left, with 20 points, the squared bias falls from 0.15 to less than 0.01 as the degree goes up, and the variance rises from 0.03 to 3.4. Their sum is lowest for degree 3, about 0.03. Here is the hill of experiment 2 again (as an error, so it is a valley).
#
# On the right there are 100 points. The variance is far smaller, below 0.01 even for degree 7. The squared bias is hardly different for degrees 1 to 3, where it matters. From degree 4 on, its line does move, but even with the 20 points on the left it is below 0.003, next to nothing beside the variance (and part of it is chance that is left in a mean of 200 curves). The best degree has moved to 5. **With more data you can afford a larger model.** What more data did in experiment 1 was to reduce variance.
#
# Remedies for overfitting reduce variance. More data do so and leave the bias as it is. A smaller model or regularization accepts some bias in exchange. This is called the **bias–variance trade-off**.

# %% [markdown] lang="ja" id="ex-variance" tags=["exercise"]
# ### 練習3　バリアンスを測る
#
# 訓練データが50点のとき、次数5の多項式のバリアンスを`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `fits(5, n_train=50)`は、200行61列の配列です。訓練データについて（`axis=0`）分散を取り、場所について平均します。
#
# </details>
# %% [markdown] lang="en" id="ex-variance" tags=["exercise"]
# ### Exercise 3: measure a variance
#
# Put the variance of polynomials of degree 5, with 50 training points, into `answer`.
#
# <details><summary>Hint</summary>
#
# `fits(5, n_train=50)` is an array with 200 rows and 61 columns. Take the variance over the training sets (`axis=0`), then the mean over the places.
#
# </details>

# %% id="ex-variance-answer" tags=["exercise"]
answer = ...

# %% id="ex-variance-solution" tags=["solution"]
answer = fits(5, n_train=50).var(axis=0).mean()

# %% id="ex-variance-check" tags=["check"]
check("02-variance", answer, fits(5, n_train=50), truth)

# %% [markdown] lang="ja" id="leak-question"
# ## 実験7　データ漏洩
#
# 最後は、対策ではなく落とし穴です。100人分のデータがあり、1人につき1000個の測定値があります。ただし、測定値もラベルも**完全な乱数**です。学べることは何もないので、どんなモデルでも、正解率は平均すれば0.5のはずです。
#
# よくある手順をまねます。ラベルとよく相関する測定値を20個選び、50人で訓練し、残りの50人で評価します。違いは1つだけです。20個を選ぶのに、**全員のデータ**を使うか、**訓練データだけ**を使うか。
#
# **予想してみよう**　正解率は、それぞれどのくらいになるでしょうか。
# %% [markdown] lang="en" id="leak-question"
# ## Experiment 7: data leakage
#
# Last comes a pitfall rather than a remedy. Here are 100 people with 1000 measurements each. But the measurements and the labels are **nothing but random numbers**. There is nothing to be learned, so the expected accuracy of any model is 0.5.
#
# We imitate a common procedure: pick the 20 measurements that correlate best with the labels, train on 50 people, evaluate on the other 50. There is just one difference. Are the 20 picked with the data of **everybody**, or with the **training data only**?
#
# **Make a guess.** What accuracy will each of them give?

# %% id="leak-run"
def accuracy_on_random_labels(seed, select_on_everybody):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(100, 1000)), generator.permutation(np.arange(100) % 2)
    train, held_out = np.arange(50), np.arange(50, 100)
    rows = np.arange(100) if select_on_everybody else train
    values, label = x[rows] - x[rows].mean(axis=0), y[rows] - y[rows].mean()
    correlation = np.abs(values.T @ label) / (np.linalg.norm(values, axis=0) * np.linalg.norm(label))
    picked = np.argsort(-correlation)[:20]
    model = LogisticRegression().fit(x[train][:, picked], y[train])
    return model.score(x[held_out][:, picked], y[held_out])


for everybody in (True, False):
    found = [accuracy_on_random_labels(seed, everybody) for seed in range(20)]
    print(f"selected on everybody: {everybody!s:6} accuracy {np.mean(found):.2f} ± {np.std(found, ddof=1):.2f}")

# %% [markdown] lang="ja" id="leak-seen" claims="02-leakage-invents-a-score"
# 全員で選ぶと0.81前後という立派な正解率が出ました。学べることは何もないはずなのに、です。訓練データだけで選べば、予想どおり0.5前後になります（20個のシードの平均）。
#
# 評価に使う50人のラベルが、測定値を選ぶ段階で**漏れた**のです。モデルの訓練には使っていなくても、同じことです。平均や標準偏差を全員で計算してから分ける標準化（standardization）も、同じ種類の誤りです。
#
# **データを分けるのがいちばん先。選ぶのも、標準化も、訓練も、訓練データだけで。** これで、この種の漏洩は防げます。ほかにも、同じ画像や同じ人のデータが、分けた両側に入っていないかを確かめましょう。
# %% [markdown] lang="en" id="leak-seen" claims="02-leakage-invents-a-score"
# Selecting on everybody gives a respectable accuracy of around 0.81, although there is nothing to be learned. Selecting on the training data only gives around 0.5, as it should (means over 20 seeds).
#
# The labels of the 50 people used for evaluation **leaked** when the measurements were picked. That they were not used to train the model makes no difference. Standardizing all rows before splitting them is a mistake of the same kind.
#
# **Split first. Then select, standardize and train on the training data alone.** That prevents leaks of this kind. Also make sure that no copy of a row, and no person's data, ends up on both sides of the split.

# %% [markdown] lang="ja" id="descent-question"
# ## 発展　二重降下
#
# 実験2では、ネットワークを大きくするとテストデータでの正解率が下がりました。では、もっともっと大きくするとどうなるでしょうか。400枚、ラベルの20%を引き直したデータで、ユニット数を4から512まで変え、600エポックという長い訓練をしました。5つのシードで2分ほどかかるので、結果を保存してあります。`RECOMPUTE = True`にすれば、その場で計算し直せます。
#
# **予想してみよう**　右端では、正解率はさらに下がっているでしょうか。
# %% [markdown] lang="en" id="descent-question"
# ## Advanced: double descent
#
# In experiment 2 a larger network had a lower test accuracy. What if we make it much, much larger? With 400 images, 20% of their labels redrawn, we went from 4 to 512 units and trained for as long as 600 epochs. This takes about two minutes for 5 seeds, so the results are stored. Set `RECOMPUTE = True` to compute them again.
#
# **Make a guess.** At the right end, will the accuracy have fallen further?

# %% id="descent-run"
RECOMPUTE = False


def mislabeled_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.2, seed=seed)


many_widths = [4, 8, 12, 16, 24, 32, 64, 128, 512]
if RECOMPUTE:
    result = training.sweep(
        build_model, {"units": many_widths}, data=mislabeled_digits, epochs=600, seeds=range(5)
    )
    descent = scores(result, "units", mislabeled_digits)
else:
    table = stored.load("02_double_descent")
    descent = {part: table.pivot(index="units", columns="seed", values=part) for part in ("training", "test")}

# %% id="descent-figure"
plots.plot_validation_curve(many_widths, descent, text("accuracy"), xlabel=text("units_in_layer"));

# %% [markdown] lang="ja" id="descent-seen" claims="02-double-descent"
# テストデータでの正解率は、4ユニットの0.72から8ユニットの0.81へまず上がり、32ユニットの0.78ほどまで下がり、その先で**また上がります**。512ユニットでは0.81で、最初の山に並びました。谷の底は、訓練データでの正解率がほぼ1.0に届くあたりです（32ユニットで0.98）。
#
# これを**二重降下**（double descent）といいます（誤差で描くと2回下がるからです）。訓練データをやっと覚えられる大きさでは、覚え方がほとんど1通りしかなく、無理な形になります。もっと大きければ覚え方はいくらでもあり、勾配降下法はその中からなめらかなものを見つけやすい、と考えられています。
#
# ですから、「大きいほど過学習する」は、いつも正しいわけではありません。ただし、この図の512ユニットは8ユニットの山に並んだだけで、越えてはいません。
# %% [markdown] lang="en" id="descent-seen" claims="02-double-descent"
# The test accuracy first rises, from 0.72 with 4 units to 0.81 with 8, falls to about 0.78 with 32, and then **rises again**. With 512 units it is 0.81, level with the first peak. The bottom of the valley lies where the training accuracy has nearly reached 1.0 (it is 0.98 with 32 units).
#
# This is called **double descent** (drawn as an error, the curve goes down twice). A network that is barely large enough to memorize its training data has hardly any choice in how to do it, and ends up in an awkward shape. A much larger one can memorize them in countless ways, and gradient descent, it is thought, tends to find a smooth one among them.
#
# So “bigger means more overfitting” is not always true. In this figure, though, 512 units only draw level with the peak at 8 units; they do not pass it.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("02")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - 3人とも、一部は正しかったのです。データ不足、大きすぎるモデル、抑えの足りなさ（長すぎる訓練もその1つ）は、どれも過学習を起こします。
# - 学習曲線では、データが増えると訓練とテストの差が縮みます。検証曲線では、成績は山の形になり、左が学習不足、右が過学習です（正則化の強さでは左右が逆です）。ラベルに誤りがあるときは、差ではなく向きを読みます。
# - **早期終了**は手軽で強い対策です。止めどきは検証データで決めます。
# - **データ拡張**は、使うときに起こる変化への備えです。ここでは、誤ったラベルの丸暗記を妨げることで効きました。
# - 二乗誤差は、**バイアスの2乗とバリアンスの和**です。対策はバリアンスを減らします。データを増やすほかは、代わりに多少のバイアスを受け入れます。
# - 評価に使う行の情報を途中で使うと、成績が見かけだけよくなり、過学習が隠れます。
#
# 前の課は[01　過学習とは何か](01_overfitting.ipynb)、次の課は[03　L2正則化](03_l2.ipynb)です。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[EarlyStopping](https://keras.io/api/callbacks/early_stopping/)、[画像のデータ拡張](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)
# - S. Geman, E. Bienenstock, R. Doursat (1992). Neural networks and the bias/variance dilemma. Neural Computation 4, 1–58.
# - L. Prechelt (1998). Early stopping – but when? In: Neural Networks: Tricks of the Trade, Springer, 55–69.
# - C. Ambroise, G. McLachlan (2002). Selection bias in gene extraction on the basis of microarray gene-expression data. PNAS 99, 6562–6566.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal (2019). Reconciling modern machine-learning practice and the classical bias–variance trade-off. PNAS 116, 15849–15854. [arXiv:1812.11118](https://arxiv.org/abs/1812.11118)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - All three speakers were partly right. Too little data, a model that is too large and too little restraint (training for too long is one form of it) all cause overfitting.
# - On a learning curve, the gap between training and test shrinks as data grow. On a validation curve, the score forms a hill with underfitting on the left and overfitting on the right (the other way round for the strength of regularization). With wrong labels, read the direction and not the gap.
# - **Early stopping** is easy and strong. Validation data decide when to stop.
# - **Data augmentation** prepares for changes that happen in use. Here it helped by getting in the way of memorizing wrong labels.
# - The squared error is the **sum of squared bias and variance**. Remedies reduce the variance; except for more data, they accept some bias in exchange.
# - Use any information from the rows you evaluate on, and the score merely looks better, while overfitting stays hidden.
#
# The previous lesson is [01 What overfitting is](01_overfitting.ipynb), the next one [03 L2 regularization](03_l2.ipynb).
#
# ## Read more
#
# - On Keras' pages: [EarlyStopping](https://keras.io/api/callbacks/early_stopping/), [image augmentation layers](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)
# - S. Geman, E. Bienenstock, R. Doursat (1992). Neural networks and the bias/variance dilemma. Neural Computation 4, 1–58.
# - L. Prechelt (1998). Early stopping – but when? In: Neural Networks: Tricks of the Trade, Springer, 55–69.
# - C. Ambroise, G. McLachlan (2002). Selection bias in gene extraction on the basis of microarray gene-expression data. PNAS 99, 6562–6566.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal (2019). Reconciling modern machine-learning practice and the classical bias–variance trade-off. PNAS 116, 15849–15854. [arXiv:1812.11118](https://arxiv.org/abs/1812.11118)
